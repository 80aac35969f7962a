import { atMost, shareOf, type Finding } from '../finding.ts';
import { runCycle, RUNS_BUDGET, worldOf } from './cycle.ts';
import type { Gate } from './gate.ts';
import { OUR_GATES, type OurGate } from './ours.ts';
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
export async function measureFalsePromotions(cycles: number, seed: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const gate of OUR_GATES) {
    const counts = await countOurs(gate, cycles, seed);
    const what = `${gate.name}: all-null cycles with a false promotion`;
    const share = shareOf(counts.wrong, cycles);
    findings.push(
      atMost({ target: 'T1', what, ...share }, FALSE_CYCLES_MAX, share.high),
      covers(gate, counts),
    );
  }
  for (const gate of RIVAL_GATES) {
    let wrong = 0;
    for (let i = 0; i < cycles; i += 1) wrong += (await isWrong(gate, i, seed)) ? 1 : 0;
    findings.push({
      target: '',
      what: `${gate.name}: all-null cycles with a false promotion`,
      ...shareOf(wrong, cycles),
    });
  }
  return findings;
}

interface Counts {
  readonly wrong: number;
  readonly intervals: number;
  readonly covered: number;
}

async function countOurs(gate: OurGate, cycles: number, seed: string): Promise<Counts> {
  let [wrong, intervals, covered] = [0, 0, 0];
  for (let i = 0; i < cycles; i += 1) {
    const { promoted, report } = await gate.promote(nullWorld(i, seed).input, RUNS_BUDGET);
    if (promoted.length > 0) wrong += 1;
    for (const { pairs, lift } of report.reports) {
      if (pairs === 0) continue;
      const [low, high] = lift.confidenceSequence;
      intervals += 1;
      if (low <= 0 && high >= 0) covered += 1;
    }
  }
  return { wrong, intervals, covered };
}

function covers(gate: OurGate, { intervals, covered }: Counts): Finding {
  const share = shareOf(covered, intervals);
  const goal = { text: `≥ ${COVERED_MIN} %`, isMet: share.value >= COVERED_MIN };
  return { target: 'T6', what: `${gate.name}: confidence sequences that hold the true lift`, ...share, goal };
}

async function isWrong(gate: Gate, index: number, seed: string): Promise<boolean> {
  const { wrong } = await runCycle(gate, nullWorld(index, seed), Infinity);
  return wrong.length > 0;
}

function nullWorld(index: number, seed: string): ReturnType<typeof worldOf> {
  const mean = MEANS[index % MEANS.length] ?? MEANS[0];
  return worldOf(`${seed} null ${index}`, [], mean);
}
