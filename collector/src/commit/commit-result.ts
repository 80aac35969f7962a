import { StoreError } from '../store/store-error.ts';

/** Why rows are not stored. */
export interface CommitFailure {
  /** `refused`: these rows can never be stored. `unavailable`: the same request may succeed later. */
  readonly state: 'refused' | 'unavailable';
  readonly problem: string;
  /** The failure may come from one request of the group. Otherwise it may pass by itself. */
  readonly isolate: boolean;
}

/** `spooled`: safe on disk, and stored as soon as the store takes it. */
export type CommitResult = { readonly state: 'stored' | 'spooled' } | CommitFailure;

/** Errors that lie in the rows themselves: sending them again cannot help. */
const DATA_ERRORS: ReadonlySet<string> = new Set([
  'invalid_row',
  'ARGUMENT_OUT_OF_BOUND',
  'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
  'CANNOT_READ_ALL_DATA',
  'INCORRECT_DATA',
  'TOO_LARGE_ARRAY_SIZE',
  'TOO_LARGE_STRING_SIZE',
  'TYPE_MISMATCH',
  'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE',
]);

/** What a failed write means for the requests in it. */
export function failureOf(error: unknown): CommitFailure {
  const problem = error instanceof Error ? error.message : String(error);
  if (!StoreError.isInstance(error)) return { state: 'unavailable', problem, isolate: true };
  const state = DATA_ERRORS.has(error.code) ? 'refused' : 'unavailable';
  return { state, problem, isolate: !error.retryable };
}
