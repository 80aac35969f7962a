import { bet, bettingLogE, startBetting } from '../stats/betting.ts';
import type { Evidence } from './evidence.ts';
import { HARM_E } from './race-options.ts';

/** Tag of eval cases that a rule must not spoil, each by itself. */
export const CRITICAL_TASK = 'critical';
/** Runs with and without the rule by which a flip of a critical task is looked into. */
export const RERUN_PAIRS = 3;
/** So often at most per task: as many pairs as let the test against harm speak, if all go wrong. */
export const RERUNS_MAX = 2;
/** A pair's difference below this is a flip from passed to failed. */
const FLIP = -0.5;

/** Fresh pairs of one critical task. They decide whether it vetoes, and are no evidence for anything else. */
export interface Reruns {
  readonly times: number;
  /** With the rule minus without it. */
  readonly differences: readonly number[];
}

/** What is known about a critical task that flipped. */
export interface CriticalTask {
  readonly caseId: string;
  readonly flips: number;
  readonly reruns: Reruns;
  /** Evidence that the rule harms this task, over all its pairs; a flaky task gives none. */
  readonly logEHarm: number;
}

const NO_RERUNS: Reruns = { times: 0, differences: [] };

/**
 * A critical task from its differences; undefined = it never flipped. An increment of a factorial trial (scale 2) is no
 * pair: any that speaks against the rule is looked into.
 */
export function criticalTask(
  caseId: string,
  differences: readonly number[],
  scale: Evidence['scale'],
  reruns: Reruns = NO_RERUNS,
): CriticalTask | undefined {
  const flips =
    differences.filter((difference) => difference < (scale === 1 ? FLIP : 0)).length +
    reruns.differences.filter((difference) => difference < FLIP).length;
  if (flips === 0) return undefined;
  const all = [...differences, ...reruns.differences];
  const harm = all.reduce((sum, difference) => bet(sum, difference), startBetting(0, -1));
  return { caseId, flips, reruns, logEHarm: bettingLogE(harm) };
}

/** Whether a rule that does this to a critical task must not be promoted. */
export function isVeto({ logEHarm }: Pick<CriticalTask, 'logEHarm'>): boolean {
  return logEHarm >= Math.log(HARM_E);
}

/** Whether a flip waits to be looked into: the first one, or another one among its reruns. */
export function isOpenFlip(task: CriticalTask): boolean {
  const { times, differences } = task.reruns;
  if (times === 0) return true;
  return times < RERUNS_MAX && !isVeto(task) && differences.some((difference) => difference < FLIP);
}

/** The strongest evidence against harmless over critical tasks; 0 = none flipped. */
export function worstLogE(tasks: readonly CriticalTask[]): number {
  return tasks.reduce((worst, { logEHarm }) => Math.max(worst, logEHarm), 0);
}

/** With the rule minus without it, pair by pair in their order; pairs that lack a judgement are left out. */
export function pairDifferences(
  runs: readonly {
    readonly purpose: 'baseline' | 'treatment';
    readonly score: number | null;
    readonly place: { readonly pair: number };
  }[],
): number[] {
  const pairs = [...Map.groupBy(runs, ({ place }) => place.pair)].toSorted(([a], [b]) => a - b);
  return pairs.flatMap(([, both]) => {
    const treatment = both.find(({ purpose }) => purpose === 'treatment')?.score ?? null;
    const baseline = both.find(({ purpose }) => purpose === 'baseline')?.score ?? null;
    return treatment === null || baseline === null ? [] : [treatment - baseline];
  });
}
