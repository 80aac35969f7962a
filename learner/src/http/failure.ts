import { KeyRefusal, StoreError } from '@tracelore/collector/store';
import { LearnerError, type LearnerErrorCode } from '../errors.ts';
import { problem } from './problem.ts';

const KEY_STATUS = { not_found: 404, conflict: 409, forbidden: 403, invalid: 422 } as const;

/** Seconds after which a client may try again what failed for a passing reason. */
const RETRY_AFTER_SECONDS = 1;

const STATUS_OF: Readonly<Record<LearnerErrorCode, number>> = {
  config_invalid: 500,
  knowledge_log_broken: 500,
  knowledge_log_moved: 503,
  busy: 429,
  not_found: 404,
  conflict: 409,
  invalid: 422,
  unavailable: 503,
};

/**
 * A thrown error as an answer. Expected failures keep their message; anything else is reported to the operator under a
 * number, and the client learns the number only: messages and stacks may hold data of others.
 */
export function failure(error: unknown, report: (text: string) => void, newId: () => string): Response {
  const headers = { 'retry-after': String(RETRY_AFTER_SECONDS) };
  if (LearnerError.isInstance(error)) {
    const status = STATUS_OF[error.code];
    const detail = error.message;
    return problem({ status, code: error.code, detail, ...(error.retryable ? { headers } : {}) });
  }
  if (KeyRefusal.isInstance(error)) {
    const detail = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
    return problem({ status: KEY_STATUS[error.code], code: error.code, detail });
  }
  if (StoreError.isInstance(error)) {
    if (error.code === 'ambiguous') return problem({ status: 409, code: 'ambiguous', detail: error.message });
    if (error.retryable) {
      report(`store: ${error.message}`);
      const detail = 'The database cannot answer now; try again.';
      return problem({ status: 503, code: 'store_unavailable', detail, headers });
    }
  }
  const number = newId().slice(0, 8);
  report(
    `internal error ${number}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  return problem({
    status: 500,
    code: 'internal',
    detail: `Internal error ${number}: the log of the service says more under this number.`,
  });
}
