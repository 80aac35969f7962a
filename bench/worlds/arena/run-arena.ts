import { measure, type Measured } from './measure.ts';
import type { Policy } from './policy.ts';
import type { Scenario } from './scenario.ts';
import type { Place } from './seeds.ts';
import { drawWorld } from './world.ts';

/** Runs of the agent that decisions may take in one world. */
export const RUNS_BUDGET = 2_500;

/** Has every policy learn in every world. */
export async function runArena(
  places: readonly Place[],
  scenario: Scenario,
  policies: readonly Policy[],
  onMeasured: (measured: Measured) => void,
): Promise<readonly Measured[]> {
  const all: Measured[] = [];
  for (const { domain, seed } of places) {
    const world = drawWorld(domain, seed, scenario);
    try {
      for (const policy of policies) {
        const measured = await measure(world, policy, RUNS_BUDGET);
        all.push(measured);
        onMeasured(measured);
      }
    } finally {
      world.close();
    }
  }
  return all;
}
