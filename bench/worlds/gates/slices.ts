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
import { ourGate } from './ours.ts';

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
export async function measureSlices(cycles: number, seed: string): Promise<readonly Finding[]> {
  const bad = [GOOD, GOOD, GOOD, BAD];
  const good = bad.map(() => GOOD);
  let [blockedPairs, passedPairs, blocked, passed] = [0, 0, 0, 0];
  for (let i = 0; i < cycles; i += 1) {
    if (isBlocked(bad, `${seed} bad pairs ${i}`)) blockedPairs += 1;
    if (!isBlocked(good, `${seed} good pairs ${i}`)) passedPairs += 1;
    if (!(await isPromoted(bad, `${seed} bad slice ${i}`))) blocked += 1;
    if (await isPromoted(good, `${seed} good slices ${i}`)) passed += 1;
  }
  const pairs = `${SLICE_PAIRS_MIN} pairs per slice`;
  const figure = (what: string, count: number, least: number): Finding =>
    atLeast({ target: 'T10', what, ...shareOf(count, cycles) }, least);
  return [
    figure(`a slice of −30 points is blocked, ${pairs}`, blockedPairs, BLOCKED_MIN),
    figure(`a rule that helps everywhere passes, ${pairs}`, passedPairs, PASSES_MIN),
    figure('cycle with a slice of −30 points: not promoted', blocked, BLOCKED_MIN),
    figure('cycle with a rule that helps everywhere: promoted', passed, PASSES_MIN),
  ];
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
