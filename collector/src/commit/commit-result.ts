import { StoreError } from '../store/store-error.ts';

export type CommitResult =
  | { readonly state: 'stored' }
  | {
      /** `refused`: these rows can never be stored. `unavailable`: the same request may succeed later. */
      readonly state: 'refused' | 'unavailable';
      readonly problem: string;
      /** The failure may come from one request of the group. */
      readonly isolate: boolean;
    };

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

/** What a failed write means for the requests in it, and whether the same write is worth another try right now. */
export function failureOf(error: unknown): {
  readonly retry: boolean;
  readonly result: Exclude<CommitResult, { state: 'stored' }>;
} {
  const problem = error instanceof Error ? error.message : String(error);
  if (!StoreError.isInstance(error))
    return { retry: false, result: { state: 'unavailable', problem, isolate: true } };
  const state = DATA_ERRORS.has(error.code) ? 'refused' : 'unavailable';
  return { retry: error.retryable, result: { state, problem, isolate: !error.retryable } };
}
