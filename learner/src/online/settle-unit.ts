import { OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import type { Closing } from './unit-ledger.ts';

/** A judgement about one run, as far as closing units needs it. */
export interface RunOutcome {
  readonly runId: string;
  readonly source: OutcomeSource;
  /** In [0, 1]. */
  readonly score: number;
  /** Epoch ms by our clock. */
  readonly receivedAtMs: number;
}

/** Sources whose word is final: the first of them closes a unit. The others may still be overruled and wait for the window's end. */
const FINAL_SOURCES: ReadonlySet<OutcomeSource> = new Set(['human', 'check', 'exception']);

export type UnitOutcome = Pick<Closing, 'outcome' | 'source' | 'closedAtMs'>;

/** The outcome that closes a unit at once, if there is one among these. */
export function firstFinal(outcomes: readonly RunOutcome[], untilMs: number): UnitOutcome | undefined {
  const [first] = outcomes
    .filter(({ source, receivedAtMs }) => FINAL_SOURCES.has(source) && receivedAtMs <= untilMs)
    .toSorted((a, b) => a.receivedAtMs - b.receivedAtMs || trust(a) - trust(b) || a.score - b.score);
  return first && { outcome: first.score, source: first.source, closedAtMs: first.receivedAtMs };
}

/**
 * How a unit ended, judged when its window is over: by the first final outcome; without one by the mean over its runs of
 * the most trusted outcome each (the latest of a source); without any it is missing.
 */
export function settleUnit(outcomes: readonly RunOutcome[], untilMs: number): UnitOutcome {
  const final = firstFinal(outcomes, untilMs);
  if (final !== undefined) return final;
  const best = new Map<string, RunOutcome>();
  for (const outcome of outcomes) {
    if (outcome.receivedAtMs > untilMs) continue;
    const other = best.get(outcome.runId);
    if (other === undefined || beats(outcome, other)) best.set(outcome.runId, outcome);
  }
  const resolved = [...best.values()];
  if (resolved.length === 0) return { outcome: null, source: '', closedAtMs: untilMs };
  const sources = new Set(resolved.map(({ source }) => source));
  return {
    outcome: resolved.reduce((sum, { score }) => sum + score, 0) / resolved.length,
    source: sources.size === 1 ? [...sources].join() : '',
    closedAtMs: untilMs,
  };
}

function beats(a: RunOutcome, b: RunOutcome): boolean {
  return trust(a) < trust(b) || (trust(a) === trust(b) && a.receivedAtMs > b.receivedAtMs);
}

function trust({ source }: RunOutcome): number {
  return OUTCOME_SOURCES.indexOf(source);
}
