/** Why a request is refused. Each stands for one row of the answer table in `receiver/answer.ts`. */
export const REFUSAL_CODES = [
  'undecodable',
  'unauthenticated',
  'forbidden',
  'unknown_path',
  'unsupported_signal',
  'method_not_allowed',
  'unsupported_media_type',
  'unsupported_encoding',
  'too_large',
  'too_many_items',
  'incomplete_body',
  'bad_compression',
  'data_refused',
  'rate_limited',
  'overloaded',
  'shutting_down',
  'store_unavailable',
  'disk_full',
  'spool_full',
  'internal',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** When to send again unless a refusal says otherwise, ms. */
const RETRY_AFTER_MS = 1_000;

/** A request that is not accepted. `field` is the path of the value at fault, `''` when it is the request as a whole. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly field: string;
  /** When to send again, ms; holds for refusals that a retry can cure. */
  readonly retryAfterMs: number;

  constructor(code: RefusalCode, message: string, field = '', retryAfterMs: number = RETRY_AFTER_MS) {
    super(field === '' ? message : `${field}: ${message}`);
    this.code = code;
    this.field = field;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What keeps a collector from starting: an invalid configuration, a port that cannot be bound, a package that is not installed. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code:
    | 'invalid_config'
    | 'address_in_use'
    | 'address_refused'
    | 'missing_package'
    | 'not_running'
    | 'spool_unusable';

  constructor(code: CollectorError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Holds for errors of another installed copy of this package too. */
  static isInstance(error: unknown): error is CollectorError {
    return error instanceof Error && error.name === 'CollectorError';
  }
}
