import { printFindings, type Finding } from '../finding.ts';
import type { Section, Workshop } from '../section.ts';
import { OURS } from './arena-section.ts';
import { gained, type Gained } from './gains.ts';
import type { Measured } from './measure.ts';
import { ENDS, OUR_FACTORIAL, OUR_RACE, POLICIES } from './policies.ts';
import { runArena } from './run-arena.ts';
import { DIFFICULTIES, PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import { lineOf, printGains } from './tables.ts';

const RIVALS = POLICIES.filter(({ name }) => name.startsWith('greedy') || name.startsWith('PACE'));

/** Ours and the simplest rivals in harder worlds. */
export async function difficultySection(places: readonly Place[], { pool, say }: Workshop): Promise<Section> {
  const worlds: readonly Measured[] = await runArena(
    places,
    DIFFICULTIES,
    [...ENDS, OUR_RACE, OUR_FACTORIAL, ...RIVALS],
    {
      pool,
      onMeasured: (each) => say(lineOf(each)),
    },
  );
  console.log(`\nHarder worlds, ${places.length} of each\n`);
  const isEnd = ENDS.map(({ name }) => name);
  printGains(worlds, ({ scenario, policy }) => (isEnd.includes(policy) ? policy : `${scenario}: ${policy}`));
  const findings = poisonFindings(gained(worlds));
  printFindings(findings);
  return { worlds, findings };
}

function poisonFindings(worlds: readonly Gained[]): readonly Finding[] {
  return OURS.map((policy): Finding => {
    const found = (scenario: string): number =>
      worlds
        .filter((each) => each.policy === policy && each.scenario === scenario)
        .reduce((sum, each) => sum + each.known, 0);
    const [poisoned, clean] = [found(PLAIN.name), found('no poison')];
    const lost = 100 * (1 - poisoned / clean);
    return {
      target: '',
      what: `conventions found less because of poison, ${policy} (${poisoned} instead of ${clean})`,
      value: lost,
      low: lost,
      high: lost,
      unit: '%',
      goal: { text: '≤ 5 %', isMet: lost <= 5 },
    };
  });
}
