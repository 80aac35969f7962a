import { printFindings, shareOf, type Finding } from '../finding.ts';
import type { Section, Workshop } from '../section.ts';
import { OURS } from './arena-section.ts';
import { meanOf } from './gains.ts';
import { ENDS, OUR_FACTORIAL, OUR_RACE } from './policies.ts';
import { runArena } from './run-arena.ts';
import { CONTROLS, PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import type { Measured } from './measure.ts';
import { lineOf } from './tables.ts';

/** Of cycles in which nothing helps the learner's bound lets so many promote something: more than that would refute it. */
const CYCLE_ALPHA = 0.05;
const BOUND = 'interval holds ≤ 5 %, the bound of a cycle';

/** Worlds in which something must vanish, or must not change. */
export async function controlSection(places: readonly Place[], { pool, say }: Workshop): Promise<Section> {
  const worlds = await runArena(places, CONTROLS, [...ENDS, OUR_RACE, OUR_FACTORIAL], {
    pool,
    onMeasured: (each) => say(lineOf(each)),
  });
  const findings = controlFindings(worlds);
  console.log(`\nControls, ${places.length} worlds of each\n`);
  printFindings(findings);
  return { worlds, findings };
}

function controlFindings(all: readonly Measured[]): readonly Finding[] {
  const base = new Map(
    all
      .filter(({ policy }) => policy === ENDS[0]?.name)
      .map(({ domain, seed, scenario, accuracy }) => [`${domain} ${seed} ${scenario}`, accuracy]),
  );
  const plain = new Map(
    all
      .filter(({ scenario }) => scenario === PLAIN.name)
      .map(({ domain, seed, policy, accuracy }) => [`${domain} ${seed} ${policy}`, accuracy]),
  );
  return OURS.flatMap((policy) =>
    CONTROLS.filter((control) => control !== PLAIN).flatMap(({ name, blind, shuffledLabels }): Finding[] => {
      const own = all.filter((each) => each.scenario === name && each.policy === policy);
      if (blind || shuffledLabels) {
        const kept = own.filter(({ promoted }) => Object.values(promoted).some((count) => count > 0)).length;
        const gain = meanOf(
          own,
          (each) => 100 * (each.accuracy - (base.get(`${each.domain} ${each.seed} ${name}`) ?? 0)),
        );
        return [
          {
            target: '',
            what: `${name}: worlds that end with any rule, ${policy}`,
            ...shareOf(kept, own.length),
            goal: { text: BOUND, isMet: shareOf(kept, own.length).low <= 100 * CYCLE_ALPHA },
          },
          {
            target: '',
            what: `${name}: gain, ${policy}`,
            ...gain,
            unit: 'points',
            goal: { text: '0 within ±1', isMet: Math.abs(gain.value) <= 1 },
          },
        ];
      }
      const change = meanOf(
        own,
        (each) => 100 * (each.accuracy - (plain.get(`${each.domain} ${each.seed} ${policy}`) ?? 0)),
      );
      return [
        {
          target: '',
          what: `${name}: accuracy against the plain worlds, ${policy}`,
          ...change,
          unit: 'points',
          goal: {
            text: 'holds 0 or within ±3',
            isMet: (change.low <= 0 && change.high >= 0) || Math.abs(change.value) <= 3,
          },
        },
      ];
    }),
  );
}
