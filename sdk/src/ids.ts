/** `bytes` random bytes as lower-case hex. */
export function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  let text = '';
  for (const value of values) text += value.toString(16).padStart(2, '0');
  return text;
}

/** Id of a run: 32 hex characters, like a trace id. */
export function newRunId(): string {
  return randomHex(16);
}
