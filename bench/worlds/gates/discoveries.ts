import { atLeast, atMost, statisticOf, type Finding } from '../finding.ts';
import { RUNS_BUDGET, type CycleOutcome } from './cycle.ts';
import type { Cycles, DrawnFrom } from './cycles.ts';
import type { Gate } from './gate.ts';
import { OUR_GATES } from './ours.ts';
import { RIVAL_GATES } from './rivals.ts';

/** Cycles of one project's life. */
const CYCLES = 50;
/** True in-scope lifts of the two useful candidates among twenty, in turns. */
const LIFTS = [
  [0.5, 0.35],
  [0.35, 0.25],
  [0.25, 0.5],
] as const;
const MEAN = 0.5;
const FALSE_SHARE_MAX = 2;
const FALSE_SHARE_MAX_FACTORIAL_FDR = 3;
const FOUND_MIN = 88;

/** T2: streams of fifty cycles with a tenth of the candidates useful: share of promotions that are false, and share found. */
export async function measureDiscoveries(
  streams: number,
  seed: string,
  run: Cycles,
): Promise<readonly Finding[]> {
  const worlds = Array.from({ length: streams * CYCLES }, (_, index): DrawnFrom => ({
    seed: `${seed} stream ${index}`,
    lifts: LIFTS[index % LIFTS.length] ?? [],
    mean: MEAN,
  }));
  const findings: Finding[] = [];
  for (const gate of OUR_GATES) {
    const measured = await run(gate, worlds, RUNS_BUDGET);
    const most = gate.name === 'factorial, e-BH' ? FALSE_SHARE_MAX_FACTORIAL_FDR : FALSE_SHARE_MAX;
    const [falseShare, found, runs] = figures(gate, measured, seed);
    findings.push(
      atMost({ ...falseShare, target: 'T2' }, most),
      atLeast({ ...found, target: 'T2' }, FOUND_MIN),
      runs,
    );
  }
  for (const gate of RIVAL_GATES) findings.push(...figures(gate, await run(gate, worlds, Infinity), seed));
  return findings;
}

type Count = (outcome: CycleOutcome) => number;
type Measured = Pick<Finding, 'value' | 'low' | 'high' | 'unit'>;

function figures(
  { name }: Gate,
  outcomes: readonly CycleOutcome[],
  seed: string,
): readonly [Finding, Finding, Finding] {
  const sum = (sample: readonly CycleOutcome[], count: Count): number =>
    sample.reduce((total, outcome) => total + count(outcome), 0);
  const share = (part: Count, whole: Count): Measured => {
    const ratio = (sample: readonly CycleOutcome[]): number =>
      (100 * sum(sample, part)) / Math.max(1, sum(sample, whole));
    return { ...statisticOf(outcomes, ratio, seed), unit: '%' };
  };
  const wrong: Count = (outcome) => outcome.wrong.length;
  const found: Count = (outcome) => outcome.found.length;
  const runs = (sample: readonly CycleOutcome[]): number => sum(sample, (o) => o.runs) / sample.length;
  return [
    {
      target: '',
      what: `${name}: false among promoted, ${CYCLES} cycles`,
      ...share(wrong, (o) => wrong(o) + found(o)),
    },
    { target: '', what: `${name}: useful rules found`, ...share(found, (o) => o.useful.length) },
    {
      target: '',
      what: `${name}: decision runs per cycle`,
      ...statisticOf(outcomes, runs, seed),
      unit: 'runs',
    },
  ];
}
