import type { OutcomeSource } from '@tracelore/sdk/contract';

export const RUN_STATES = ['open', 'closed', 'abandoned'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One row of a runs list: no content columns. Times are ISO strings with nanoseconds, durations ms. */
export interface RunSummary {
  readonly project: string;
  readonly runId: string;
  readonly traceId: string;
  readonly rootSpanId: string;
  readonly trialId: string;
  readonly name: string;
  readonly agent: string;
  readonly service: string;
  readonly environment: string;
  readonly state: RunState;
  readonly status: string;
  readonly errorType: string;
  readonly startTime: string;
  readonly durationMs: number;
  readonly spans: number;
  readonly errors: number;
  readonly modelCalls: number;
  readonly toolCalls: number;
  readonly models: readonly string[];
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  /** USD over the model calls whose cost is known; `null` when none is. */
  readonly cost: number | null;
  /** The same by model. */
  readonly modelCosts: Readonly<Record<string, number>>;
  /** Model calls that are missing in `cost`. */
  readonly unpricedCalls: number;
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly tags: readonly string[];
  readonly fingerprint: string;
  readonly knowledgeSnapshot: number | null;
  readonly knowledgeArm: string;
  readonly knowledgeItems: readonly string[];
  readonly outcome: StoredOutcome | null;
}

export interface StoredOutcome {
  readonly source: OutcomeSource;
  readonly score: number | null;
  readonly passed: boolean | null;
  readonly comment: string;
}
