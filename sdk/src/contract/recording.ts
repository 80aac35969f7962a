import { isRecord, type Problems } from './decode.ts';

/** A tool call as its span recorded it: what the same call is answered with when the run is replayed. */
export interface RecordedCall {
  readonly tool: string;
  /** As recorded: JSON, or plain text. */
  readonly arguments: string;
  /** As recorded; '' when the call threw. */
  readonly result: string;
  /** What it threw. */
  readonly error?: { readonly type: string; readonly message: string };
}

/** How a replay went: as soon as there is a divergence, it is another run than the recorded one. */
export interface ReplayAccount {
  /** Calls answered from the recording. */
  readonly answered: number;
  /** Calls that the recording has no answer to, in words. */
  readonly divergences: readonly string[];
}

/** Recorded arguments in a form that does not depend on the order of fields or on white space around them. */
export function canonicalArguments(recorded: string): string {
  const text = recorded.trim();
  try {
    return JSON.stringify(sorted(JSON.parse(text)));
  } catch {
    return text;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  // From entries: an own key `__proto__` stays a key.
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [key, sorted(item)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads one call of a lease's recording. */
export function decodeRecordedCall(item: unknown, field: string, problems: Problems): RecordedCall {
  const call = isRecord(item) ? item : {};
  const error = call['error'];
  return {
    tool: problems.string(call['tool'], `${field}.tool`),
    arguments: problems.text(call['arguments'], `${field}.arguments`),
    result: problems.text(call['result'], `${field}.result`),
    ...(isRecord(error)
      ? {
          error: {
            type: problems.text(error['type'], `${field}.error.type`),
            message: problems.text(error['message'], `${field}.error.message`),
          },
        }
      : {}),
  };
}
