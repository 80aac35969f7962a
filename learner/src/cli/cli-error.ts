/** Something the person at the terminal can act on: printed as one message, without a stack; the exit code is 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
}
