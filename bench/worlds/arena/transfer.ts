import { createRenderer } from '../../../learner/src/injectors/renderer.ts';
import { createSelector } from '../../../learner/src/injectors/selector.ts';
import { simulatedRule } from '../../../learner/src/validators/simulated-world.testing.ts';
import { sentenceOf } from '../domains/convention.ts';
import { DOMAINS } from '../domains/all.ts';
import type { Finding } from '../finding.ts';
import { inPercent, meanOf } from './gains.ts';
import { accuracyOf } from './measure.ts';
import { PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import { drawWorld, oracleLines } from './world.ts';

const TRANSFER_MAX = 0.05;

/** Normalised gain in each world from all the right rules of the next domain's world: rules of one are no use in another. */
export function transferOf(places: readonly Place[]): Finding {
  const selector = createSelector();
  const renderer = createRenderer({ secret: 'transfer' });
  const gains = places.map(({ domain, seed }) => {
    const world = drawWorld(domain, seed, PLAIN);
    const foreign = DOMAINS[(DOMAINS.indexOf(domain) + 1) % DOMAINS.length] ?? domain;
    const other = drawWorld(foreign, seed, PLAIN);
    try {
      const rules = other.conventions.map((convention, index) =>
        simulatedRule(`foreign-${index}`, {
          appliesWhen: convention.forms.when[0] ?? '',
          content: sentenceOf(
            convention,
            convention.forms.exact[0] ?? '',
            other.mind.environment.truth[convention.name] ?? '',
          ),
        }),
      );
      const base = accuracyOf(world, () => '');
      const oracle = accuracyOf(world, () => oracleLines(world).join('\n'));
      const given = accuracyOf(world, (task) =>
        renderer.render(selector.select(task, { rules, snapshot: 0 }).rules, {
          project: 'transfer',
          snapshot: 0,
          format: 'tracelore-v1',
        }),
      );
      return (given - base) / (oracle - base);
    } finally {
      world.close();
      other.close();
    }
  });
  const gain = meanOf(gains, (each) => each);
  return {
    target: '',
    what: 'normalised gain from the right rules of another domain',
    ...inPercent(gain),
    goal: { text: `within ±${100 * TRANSFER_MAX} %`, isMet: Math.abs(gain.value) <= TRANSFER_MAX },
  };
}
