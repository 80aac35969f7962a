import { ClickHouseError } from '@clickhouse/client';

/** Engine errors that a later attempt with the same token may not meet again. */
const RETRYABLE: ReadonlySet<string> = new Set([
  'TIMEOUT_EXCEEDED',
  'TOO_MANY_SIMULTANEOUS_QUERIES',
  'SOCKET_TIMEOUT',
  'NETWORK_ERROR',
  'MEMORY_LIMIT_EXCEEDED',
  'TABLE_IS_READ_ONLY',
  'NOT_ENOUGH_SPACE',
  'TOO_MANY_PARTS',
  'UNKNOWN_STATUS_OF_INSERT',
  'UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE',
  'TOO_FEW_LIVE_REPLICAS',
  'KEEPER_EXCEPTION',
  'busy',
  'unavailable',
]);

/**
 * The one error class of the store. `code` is either one of the store's own words, in lower case (`aborted`, `ambiguous`,
 * `busy`, `closed`, `invalid_row`, `locked`, `migration`, `newer_database`, `unavailable`, `unsupported`), or the engine's
 * error type in upper case (`UNKNOWN_TABLE`, `TIMEOUT_EXCEEDED`, …), the same for the embedded engine and a server.
 * `retryable`: the same call may succeed later; inserts keep their token.
 */
export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }

  /** Also true for a `StoreError` of another installed copy of this package. */
  static isInstance(error: unknown): error is StoreError {
    return error instanceof Error && error.name === 'StoreError' && 'code' in error && 'retryable' in error;
  }
}

/** Whatever a driver threw, as a {@link StoreError} that keeps the cause. `signal`: the caller's, if it gave one. */
export function toStoreError(error: unknown, doing: string, signal?: AbortSignal): StoreError {
  if (signal?.aborted === true) {
    return new StoreError('aborted', `${doing}: stopped by its caller`, { cause: error });
  }
  if (StoreError.isInstance(error)) return error;
  if (error instanceof ClickHouseError) {
    const code = error.type ?? `CODE_${error.code}`;
    return new StoreError(code, `${doing}: ${error.message}`, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && isAbort(error)) {
    return new StoreError('aborted', `${doing}: stopped before it ended (${message})`, { cause: error });
  }
  return new StoreError('unavailable', `${doing}: ${message}`, { cause: error });
}

/** `AbortError` is the platform's name; the client of `@clickhouse/client` says it in the message only. */
function isAbort(error: Error): boolean {
  return (
    error.name === 'AbortError' ||
    error.name === 'TimeoutError' ||
    error.message.startsWith('The user aborted a request')
  );
}
