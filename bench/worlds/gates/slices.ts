import { createRandom } from '../../../learner/src/stats/random.ts';
import { guardSlices, SLICE_PAIRS_MIN } from '../../../learner/src/stats/slice-guard.ts';
import { varianceOf } from '../../../learner/src/validators/evidence.ts';
import { DOUBT_PROBABILITY } from '../../../learner/src/validators/slices.ts';
import {
  simulate,
  simulatedCase,
  simulatedRule,
  type SimulatedWorld,
} from '../../../learner/src/validators/simulated-world.testing.ts';
import { atLeast, shareOf, type Finding } from '../finding.ts';
import { inParts, type Pool } from '../pool/pool.ts';
import { ourGate } from './ours.ts';

/** Cycles of one job. */
const CYCLES_PER_JOB = 25;
const SLICES = 4;
const CASES_PER_SLICE = 40;
const BLOCKED_MIN = 85;
const PASSES_MIN = 90;
/** Success without the rule, and its true effects, score units. */
const BASE = 0.5;
const GOOD = 0.25;
const BAD = -0.3;
const RUNS_BUDGET = 1_000;
/** Persistent luck of a case: chance without the rule is this much below or above the base. */
const SPREAD = 0.3;

/**
 * T10: a rule that helps overall and harms one of four slices by 30 points, beside one that helps everywhere: what the guard
 * says of twenty pairs per slice, and what whole cycles come to.
 */
export async function measureSlices(cycles: number, seed: string, pool: Pool): Promise<readonly Finding[]> {
  const indices = Array.from({ length: cycles }, (_, index) => index);
  const counts = await pool.all(
    'slices',
    inParts(indices, CYCLES_PER_JOB).map((part) => ({ seed, indices: part })),
  );
  const sum = (of: keyof SliceCounts): number => counts.reduce((total, each) => total + each[of], 0);
  const pairs = `${SLICE_PAIRS_MIN} pairs per slice`;
  const figure = (what: string, count: number, least: number): Finding =>
    atLeast({ target: 'T10', what, ...shareOf(count, cycles) }, least);
  return [
    figure(`a slice of −30 points is blocked, ${pairs}`, sum('blockedPairs'), BLOCKED_MIN),
    figure(`a rule that helps everywhere passes, ${pairs}`, sum('passedPairs'), PASSES_MIN),
    figure('cycle with a slice of −30 points: not promoted', sum('blocked'), BLOCKED_MIN),
    figure('cycle with a rule that helps everywhere: promoted', sum('passed'), PASSES_MIN),
  ];
}

interface SliceCounts {
  readonly blockedPairs: number;
  readonly passedPairs: number;
  readonly blocked: number;
  readonly passed: number;
}

/** The job: what becomes of a rule that harms one slice and of one that harms none, in these cycles. */
export async function countSlices({
  seed,
  indices,
}: {
  readonly seed: string;
  readonly indices: readonly number[];
}): Promise<SliceCounts> {
  const bad = [GOOD, GOOD, GOOD, BAD];
  const good = bad.map(() => GOOD);
  let [blockedPairs, passedPairs, blocked, passed] = [0, 0, 0, 0];
  for (const index of indices) {
    if (isBlocked(bad, `${seed} bad pairs ${index}`)) blockedPairs += 1;
    if (!isBlocked(good, `${seed} good pairs ${index}`)) passedPairs += 1;
    if (!(await isPromoted(bad, `${seed} bad slice ${index}`))) blocked += 1;
    if (await isPromoted(good, `${seed} good slices ${index}`)) passed += 1;
  }
  return { blockedPairs, passedPairs, blocked, passed };
}

/** Whether the guard blocks a rule on pairs with these true effects. */
function isBlocked(effects: readonly number[], seed: string): boolean {
  const random = createRandom(seed);
  const slices = effects.map((effect, index) => {
    let [sum, sumOfSquares] = [0, 0];
    for (let pair = 0; pair < SLICE_PAIRS_MIN; pair += 1) {
      const base = BASE + (random.next() < 0.5 ? SPREAD : -SPREAD);
      const d = Number(random.next() < shifted(base, effect)) - Number(random.next() < base);
      sum += d;
      sumOfSquares += d * d;
    }
    const n = SLICE_PAIRS_MIN;
    return { name: `slice-${index}`, n, mean: sum / n, variance: varianceOf({ n, sum, sumOfSquares }) };
  });
  return guardSlices(slices).some(({ probabilityBad }) => probabilityBad > DOUBT_PROBABILITY);
}

async function isPromoted(effects: readonly number[], seed: string): Promise<boolean> {
  const gate = ourGate('race', { mode: 'race' });
  const { promoted } = await gate.promote(slicedWorld(effects, seed).input, RUNS_BUDGET);
  return promoted.length > 0;
}

/** A world with one rule whose effect depends on a case's tag. */
function slicedWorld(effects: readonly number[], seed: string): SimulatedWorld {
  const random = createRandom(seed);
  const base = new Map<string, number>();
  const slice = new Map<string, number>();
  const cases = Array.from({ length: SLICES * CASES_PER_SLICE }, (_, i) => {
    const id = `case-${i}`;
    base.set(id, BASE + (random.next() < 0.5 ? SPREAD : -SPREAD));
    slice.set(id, i % SLICES);
    return simulatedCase(id, { tags: [`slice-${i % SLICES}`] });
  });
  return simulate({
    seed,
    candidates: [simulatedRule('rule')],
    cases,
    triggers: () => true,
    succeeds: (id, rules) => {
      const effect = effects[slice.get(id) ?? 0] ?? 0;
      return rules.length === 0 ? (base.get(id) ?? BASE) : shifted(base.get(id) ?? BASE, effect);
    },
  });
}

/** Chance with the rule: a share of the failures, or of the successes, turns, so that the mean moves by the effect. */
function shifted(base: number, effect: number): number {
  return effect > 0 ? base + (1 - base) * (effect / (1 - BASE)) : base * (1 + effect / BASE);
}
