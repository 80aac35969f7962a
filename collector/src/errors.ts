/** Why a request is refused. Each stands for one row of the answer table in `receiver/answer.ts`. */
export type RefusalCode =
  | 'undecodable'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown_path'
  | 'unsupported_signal'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'unsupported_encoding'
  | 'too_large'
  | 'too_many_items'
  | 'incomplete_body'
  | 'bad_compression'
  | 'data_refused'
  | 'overloaded'
  | 'shutting_down'
  | 'store_unavailable'
  | 'internal';

/** A request that is not accepted. `field` is the path of the value at fault, `''` when it is the request as a whole. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly field: string;

  constructor(code: RefusalCode, message: string, field = '') {
    super(field === '' ? message : `${field}: ${message}`);
    this.code = code;
    this.field = field;
  }
}

/** What keeps a collector from starting: an invalid configuration or a port that cannot be bound. */
export class CollectorError extends Error {
  override readonly name = 'CollectorError';
  readonly code: 'invalid_config' | 'address_in_use' | 'address_refused' | 'not_running';

  constructor(code: CollectorError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** Holds for errors of another installed copy of this package too. */
  static isInstance(error: unknown): error is CollectorError {
    return error instanceof Error && error.name === 'CollectorError';
  }
}
