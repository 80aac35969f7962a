import { z } from 'zod';
import { money } from './money.ts';

export interface OutcomeView {
  readonly source: string;
  readonly score: number | null;
  readonly passed: boolean | null;
  readonly comment: string;
}

export interface RunView {
  readonly runId: string;
  readonly name: string;
  readonly agent: string;
  readonly state: string;
  readonly startTime: string;
  readonly durationMs: number;
  readonly spans: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cost: number | null;
  readonly unpricedCalls: number;
  readonly knowledgeArm: string;
  readonly knowledgeItems: readonly string[];
  readonly outcome: OutcomeView | null;
  /** Spans by which a search found it. */
  readonly matches?: readonly { readonly spanId: string; readonly name: string }[] | undefined;
}

/** Loose: what this version does not know is printed for machines all the same. */
export const outcome: z.ZodType<OutcomeView> = z.looseObject({
  source: z.string(),
  score: z.number().nullable(),
  passed: z.boolean().nullable(),
  comment: z.string(),
});

export const run: z.ZodType<RunView> = z.looseObject({
  runId: z.string(),
  name: z.string(),
  agent: z.string(),
  state: z.string(),
  startTime: z.string(),
  durationMs: z.number(),
  spans: z.number(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  cost: z.number().nullable(),
  unpricedCalls: z.number(),
  knowledgeArm: z.string(),
  knowledgeItems: z.array(z.string()),
  outcome: outcome.nullable(),
  matches: z.array(z.looseObject({ spanId: z.string(), name: z.string() })).optional(),
});

export function outcomeText(resolved: RunView['outcome']): string {
  if (resolved === null) return '-';
  const verdict = resolved.passed === null ? '' : resolved.passed ? 'passed' : 'failed';
  const score = resolved.score === null ? '' : resolved.score.toFixed(2);
  return [verdict, score].filter((part) => part !== '').join(' ');
}

export function costLine({ cost, unpricedCalls }: RunView): string[] {
  if (cost === null && unpricedCalls === 0) return [];
  const missing = unpricedCalls === 0 ? '' : `  (${unpricedCalls} model calls without a price)`;
  return [`cost       ${money(cost)}${missing}`];
}
