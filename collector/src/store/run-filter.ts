import type { RunState, RunSummary } from './run-summary.ts';

/** What a run can be narrowed by; what is not given does not count. */
export interface RunFilter {
  readonly project: string;
  readonly state?: RunState;
  readonly agent?: string;
  readonly service?: string;
  readonly environment?: string;
  /** Name of its root span. */
  readonly name?: string;
  /** Status of its root span: `Ok`, `Error` or `Unset`. */
  readonly status?: string;
  /** Resolved outcome. `none` = no outcome yet. */
  readonly outcome?: 'passed' | 'failed' | 'none';
  readonly conversationId?: string;
  readonly sessionId?: string;
  readonly userId?: string;
  readonly tag?: string;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Input and output together. */
  readonly minTokens?: number;
  /** USD. */
  readonly minCost?: number;
  /** Epoch ms. */
  readonly startedAfterMs?: number;
  readonly startedBeforeMs?: number;
  /** Trials are left out unless asked for. */
  readonly includeTrials?: boolean;
  /** Runs without a row in `analyses`. */
  readonly unanalysed?: boolean;
  /** At most 500; default 50. */
  readonly limit?: number;
  /** `runId` and start of the last row of the previous page. */
  readonly after?: { readonly startTime: string; readonly runId: string };
}

/** What one span of a run has to be; all of it at the same span. */
export interface SpanFilter {
  readonly name?: string;
  readonly kind?: string;
  readonly service?: string;
  /** Requested or answering model. */
  readonly model?: string;
  readonly tool?: string;
  readonly errorType?: string;
  readonly status?: string;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Equal values by name, as text, on the span, its resource, scope, events or links. Pairs are at most 256 bytes long. */
  readonly attributes?: readonly (readonly [name: string, value: string])[];
  /**
   * Words that stand in input, output, system instructions, status message, event attributes or in one log record of the span;
   * see {@link wordsIn} for what a word is.
   */
  readonly text?: string;
}

/** A search for runs of which a span is as `span` says. */
export interface RunSearch extends RunFilter {
  readonly span: SpanFilter;
  /** Default 10 000. What was found until then is the answer. */
  readonly timeoutMs?: number;
}

export interface MatchingSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly startTime: string;
  readonly durationMs: number;
}

/** A run with a few of the spans it was found by, newest first. */
export interface FoundRun extends RunSummary {
  readonly matches: readonly MatchingSpan[];
}

export interface SearchPage {
  /** Newest first. */
  readonly runs: readonly FoundRun[];
  /** Set when time ran out: runs that started before were not looked at. ISO 8601. */
  readonly searchedTo?: string;
}
