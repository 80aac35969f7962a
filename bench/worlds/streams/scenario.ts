import type { Chances } from '../../../learner/src/online/simulated-stream.testing.ts';
import { stageShares, type StageShares } from '../../../learner/src/online/stage.ts';

/** How often rules are withheld: as the targets state it, and as shipped. */
export const POLICIES: readonly { readonly name: string; readonly shares: StageShares }[] = [
  { name: '20 % withheld', shares: { canary: 0.2, active: 0.2, steady: 0.2, suspect: 0.5 } },
  { name: 'as shipped', shares: stageShares(0.1, true) },
];

/** A rule's true effect over a stream of units. */
export interface Scenario {
  readonly name: string;
  readonly units: number;
  readonly chances: (unit: number) => Chances;
}

/** Unit after which the drifting rule harms. */
export const FLIP_AT = 1_000;

function constant(name: string, without: number, withRule: number, units = 2_000): Scenario {
  return { name, units, chances: () => ({ without, with: withRule }) };
}

export const HARMFUL: readonly Scenario[] = [
  constant('−20 points, .80 → .60', 0.8, 0.6),
  constant('−20 points, .95 → .75', 0.95, 0.75),
];

export const USEFUL: readonly Scenario[] = [
  constant('+20 points, .60 → .80', 0.6, 0.8),
  constant('+15 points, .10 → .25', 0.1, 0.25),
  constant('+10 points, .60 → .70', 0.6, 0.7),
];

export const NEUTRAL: Scenario = constant('no effect, .60', 0.6, 0.6);
export const PROVEN: Scenario = constant('+20 points, .60 → .80', 0.6, 0.8, 1_000);

export const FLIPPING: Scenario = {
  name: '+20 turns −20',
  units: 4_000,
  chances: (unit) => (unit <= FLIP_AT ? { without: 0.6, with: 0.8 } : { without: 0.8, with: 0.6 }),
};

const SCENARIOS: readonly Scenario[] = [...HARMFUL, ...USEFUL, NEUTRAL, PROVEN, FLIPPING];

/** The scenario of this name and length, as children are told which to run. */
export function scenarioOf(name: string, units: number): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name && scenario.units === units);
  if (found === undefined) throw new Error(`no scenario of ${units} units is named ${name}`);
  return found;
}

export function sharesOf(policy: string): StageShares {
  const found = POLICIES.find(({ name }) => name === policy);
  if (found === undefined) throw new Error(`no policy is named ${policy}`);
  return found.shares;
}
