import { createHash } from 'node:crypto';
import { DOMAINS } from '../domains/all.ts';
import type { Domain } from '../domains/domain.ts';

/** Seed of the worlds that everything was tuned on: their analyst uses the wordings that were looked at. */
export const TUNING_SEED = 'tune';

/** A world to be drawn. */
export interface Place {
  readonly domain: Domain;
  readonly seed: string;
}

/** As many worlds as asked for, the domains in turns. */
export function placesOf(worlds: number, seed: string): readonly Place[] {
  return Array.from({ length: worlds }, (_, index) => {
    const domain = DOMAINS[index % DOMAINS.length];
    if (domain === undefined) throw new Error('there is no domain');
    return { domain, seed: `${seed}/${Math.floor(index / DOMAINS.length)}` };
  });
}

/** Commits to the worlds before anything is run: whoever knows the seed finds the same hash. */
export function commitmentTo(places: readonly Place[]): string {
  const named = places.map(({ domain, seed }) => `${domain.name} ${seed}`).join('\n');
  return createHash('sha256').update(named).digest('hex');
}
