const MARK = 'tracelore.learner.error';

/** What went wrong, for programs. Messages are for people and may change; codes do not. */
export type LearnerErrorCode =
  /** The configuration was refused; the message lists every problem. */
  | 'config_invalid'
  /** The knowledge log fails its own check: a gap, a fork or a changed entry. */
  | 'knowledge_log_broken'
  /** Another process appended to the knowledge log of this project. */
  | 'knowledge_log_moved'
  /** A queue or a registry is full. */
  | 'busy'
  /** A named thing does not exist. */
  | 'not_found'
  /** The request contradicts what is going on, for example a second learning pass. */
  | 'conflict'
  /** The caller's input is wrong. */
  | 'invalid'
  /** A part that is needed is not there, for example no model is configured. */
  | 'unavailable';

/** A broken promise inside the learner. Expected outcomes are values, never this. */
export class LearnerError extends Error {
  readonly code: LearnerErrorCode;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Survives a second installed copy of this package, where `instanceof` fails. */
  readonly mark: string = MARK;

  constructor(
    code: LearnerErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'LearnerError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }

  static isInstance(error: unknown): error is LearnerError {
    return error instanceof Error && 'mark' in error && error.mark === MARK;
  }
}
