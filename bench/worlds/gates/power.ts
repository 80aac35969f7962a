import { atLeast, atMost, shareOf, statisticOf, type Finding } from '../finding.ts';
import type { CycleOutcome } from './cycle.ts';
import type { Cycles, DrawnFrom } from './cycles.ts';
import { FACTORIAL, FIXED_DESIGNS, RACE } from './designs.ts';
import type { Gate } from './gate.ts';
import { RIVAL_GATES } from './rivals.ts';

/** True in-scope lifts; the other fifteen of the twenty candidates do nothing. */
const LIFTS = [0.5, 0.35, 0.25, -0.3, -0.25] as const;
const MEAN = 0.5;
const STRONG_FOUND_MIN = 95;
/** Runs of a full evaluation as agentlearn does it: every case, both sides, every candidate. */
const FULL_EVALUATION_RUNS = 8_000;
const FULL_SHARE_MAX = 25;
const LIFT_ERROR_MAX = 1;

interface Design {
  readonly gate: Gate;
  readonly runsBudget: number;
  /** Most runs, per cent of those of a fixed design of equal power. */
  readonly shareMax: number;
}

const FRUGAL: readonly Design[] = [
  { gate: RACE, runsBudget: 1_500, shareMax: 60 },
  { gate: FACTORIAL, runsBudget: 1_000, shareMax: 50 },
];
const GENEROUS: readonly Omit<Design, 'shareMax'>[] = [
  { gate: RACE, runsBudget: 4_000 },
  { gate: FACTORIAL, runsBudget: 2_500 },
];

/**
 * T3: decision runs beside those of a fixed design that finds as much. T4: strong rules found. T6: published minus true
 * lift of what was promoted.
 */
export async function measurePower(
  cycles: number,
  seed: string,
  runCycles: Cycles,
): Promise<readonly Finding[]> {
  const worlds = Array.from({ length: cycles }, (_, index): DrawnFrom => ({
    seed: `${seed} power ${index}`,
    lifts: LIFTS,
    mean: MEAN,
  }));
  const run = (gate: Gate, runsBudget: number): Promise<readonly CycleOutcome[]> =>
    runCycles(gate, worlds, runsBudget);
  const fixed: (readonly CycleOutcome[])[] = [];
  for (const design of FIXED_DESIGNS) fixed.push(await run(design, Infinity));
  const findings: Finding[] = [];
  for (const { gate, runsBudget, shareMax } of FRUGAL) {
    const measured = await run(gate, runsBudget);
    findings.push(...beside(`${gate.name}, ${runsBudget} runs`, measured, fixed, shareMax, seed));
    findings.push(...published(gate, measured, seed, true));
  }
  for (const { gate, runsBudget } of GENEROUS) {
    const measured = await run(gate, runsBudget);
    findings.push(...strongFound(`${gate.name}, ${runsBudget} runs`, measured, true));
    findings.push(...published(gate, measured, seed, true));
  }
  for (const gate of RIVAL_GATES) {
    const measured = await run(gate, Infinity);
    findings.push(...strongFound(gate.name, measured, false), ...published(gate, measured, seed, false));
  }
  return findings;
}

function strongFound(name: string, cycles: readonly CycleOutcome[], isTarget: boolean): Finding[] {
  const strong = cycles.reduce((sum, each) => sum + each.strong.length, 0);
  const found = cycles.reduce(
    (sum, each) => sum + each.strong.filter((id) => each.found.includes(id)).length,
    0,
  );
  const finding: Finding = {
    target: isTarget ? 'T4' : '',
    what: `${name}: rules of +25 points or more found`,
    ...shareOf(found, strong),
  };
  return [isTarget ? atLeast(finding, STRONG_FOUND_MIN) : finding];
}

function beside(
  name: string,
  cycles: readonly CycleOutcome[],
  fixed: readonly (readonly CycleOutcome[])[],
  shareMax: number,
  seed: string,
): Finding[] {
  const paired = cycles.map((ours, index) => ({ ours, fixed: fixed.map((design) => design[index]) }));
  const ratio = (sample: readonly (typeof paired)[number][]): number => {
    const designs = FIXED_DESIGNS.map((_, at) => {
      const each = sample.flatMap((row) => row.fixed[at] ?? []);
      return { found: meanOf(each, (o) => o.found.length), runs: meanOf(each, (o) => o.runs) };
    });
    const found = meanOf(sample, ({ ours }) => ours.found.length);
    return (100 * meanOf(sample, ({ ours }) => ours.runs)) / runsAtPower(designs, found);
  };
  const runs = (sample: readonly CycleOutcome[]): number =>
    (100 * meanOf(sample, (o) => o.runs)) / FULL_EVALUATION_RUNS;
  const found = (sample: readonly CycleOutcome[]): number => meanOf(sample, (o) => o.found.length) / 3;
  const share = { ...statisticOf(cycles, (sample) => 100 * found(sample), seed), unit: '%' as const };
  const what = `${name}: of the runs of a fixed design of equal power`;
  const full = `${name}: of the runs of a full evaluation of all candidates`;
  return [
    { target: '', what: `${name}: useful rules found`, ...share },
    atMost({ target: 'T3', what, ...statisticOf(paired, ratio, seed), unit: '%' }, shareMax),
    atMost({ target: 'T3', what: full, ...statisticOf(cycles, runs, seed), unit: '%' }, FULL_SHARE_MAX),
  ];
}

/** Runs at which a fixed design finds this much, between the designs that were run; finding more than all of them counts as the largest. */
function runsAtPower(
  designs: readonly { readonly found: number; readonly runs: number }[],
  found: number,
): number {
  for (const [index, design] of designs.entries()) {
    if (design.found < found) continue;
    const before = designs[index - 1];
    if (before === undefined || before.found >= design.found) return design.runs;
    const share = (found - before.found) / (design.found - before.found);
    return before.runs + Math.max(0, share) * (design.runs - before.runs);
  }
  return designs.at(-1)?.runs ?? Number.NaN;
}

function published(gate: Gate, cycles: readonly CycleOutcome[], seed: string, isTarget: boolean): Finding[] {
  const errors = cycles.flatMap((cycle) => cycle.errors);
  if (errors.length === 0) return [];
  const measured = statisticOf(errors, (sample) => 100 * meanOf(sample, (error) => error), seed);
  const what = `${gate.name}: published − true lift of promoted rules`;
  if (!isTarget) return [{ target: '', what, ...measured, unit: 'points' }];
  const goal = {
    text: `within ±${LIFT_ERROR_MAX} point`,
    isMet: Math.abs(measured.value) <= LIFT_ERROR_MAX,
  };
  return [{ target: 'T6', what, ...measured, unit: 'points', goal }];
}

function meanOf<T>(sample: readonly T[], value: (each: T) => number): number {
  return sample.reduce((sum, each) => sum + value(each), 0) / sample.length;
}
