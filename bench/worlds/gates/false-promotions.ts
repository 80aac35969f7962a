import { atMost, shareOf, type Finding } from '../finding.ts';
import { RUNS_BUDGET, type CycleOutcome } from './cycle.ts';
import type { Cycles, DrawnFrom } from './cycles.ts';
import type { Gate } from './gate.ts';
import { OUR_GATES } from './ours.ts';
import { RIVAL_GATES } from './rivals.ts';

/** Success without rules, in turns: useless rules pass most easily in the middle. */
const MEANS = [0.4, 0.6, 0.8] as const;
const FALSE_CYCLES_MAX = 5;
const COVERED_MIN = 95;

/**
 * T1: cycles of twenty candidates of which none does anything, with shared baselines and a look after every batch: how
 * often anything is promoted. And T6, for the same candidates: how often the confidence sequence, which has looked all
 * along, holds the true lift, 0.
 */
export async function measureFalsePromotions(
  count: number,
  seed: string,
  run: Cycles,
): Promise<readonly Finding[]> {
  const worlds = Array.from({ length: count }, (_, index): DrawnFrom => ({
    seed: `${seed} null ${index}`,
    lifts: [],
    mean: MEANS[index % MEANS.length] ?? MEANS[0],
  }));
  const findings: Finding[] = [];
  for (const gate of OUR_GATES) {
    const cycles = await run(gate, worlds, RUNS_BUDGET);
    const figure = falseCycles(gate, cycles);
    findings.push(atMost({ ...figure, target: 'T1' }, FALSE_CYCLES_MAX, figure.high), covers(gate, cycles));
  }
  for (const gate of RIVAL_GATES) findings.push(falseCycles(gate, await run(gate, worlds, Infinity)));
  return findings;
}

function falseCycles({ name }: Gate, cycles: readonly CycleOutcome[]): Finding {
  const wrong = cycles.filter((cycle) => cycle.wrong.length > 0).length;
  const what = `${name}: all-null cycles with a false promotion`;
  return { target: '', what, ...shareOf(wrong, cycles.length) };
}

function covers({ name }: Gate, cycles: readonly CycleOutcome[]): Finding {
  const sum = (count: (cycle: CycleOutcome) => number): number =>
    cycles.reduce((total, cycle) => total + count(cycle), 0);
  const share = shareOf(
    sum(({ covered }) => covered),
    sum(({ intervals }) => intervals),
  );
  const goal = { text: `≥ ${COVERED_MIN} %`, isMet: share.value >= COVERED_MIN };
  return { target: 'T6', what: `${name}: confidence sequences that hold the true lift`, ...share, goal };
}
