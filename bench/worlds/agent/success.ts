import { NAIVE } from '../domains/convention.ts';
import { LEGACY } from '../domains/domain.ts';
import { SEES_EXEMPTION, slipChance, type Mind } from './agent.ts';
import { guessChance } from './luck.ts';

/**
 * Chance that a run succeeds with this text in its prompt: what the agent's draws amount to, without running it. A
 * careless mistake always fails, since every task hangs on the details that it spoils.
 */
export function successChance(mind: Mind, knowledge: string, task: string): number {
  const { environment, luck, seed, exempt } = mind;
  const understanding = mind.read(knowledge);
  if (understanding.obeys) return 0;
  const truth = environment.truthFor(task);
  let chance = 1 - slipChance(understanding.pieces);
  for (const need of environment.needsOf(task) ?? []) {
    const isExempt = need === exempt && task.includes(`(${LEGACY} `);
    const stated = new Set(
      understanding.claims
        .filter(({ convention, legacyToo }) => convention === need && (!isExempt || legacyToo))
        .map(({ value }) => value),
    );
    if (stated.size > 0) chance *= stated.has(truth[need] ?? NAIVE) ? 1 / stated.size : 0;
    else chance *= isExempt ? SEES_EXEMPTION : guessChance(luck, seed, task, need);
  }
  return chance;
}
