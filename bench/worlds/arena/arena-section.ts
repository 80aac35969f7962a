import { atLeast, atMost, printFindings, shareOf, type Finding } from '../finding.ts';
import type { Section, Workshop } from '../section.ts';
import { gained, inPercent, meanOf, type Gained } from './gains.ts';
import { noiseOf } from './noise.ts';
import { OUR_FACTORIAL, OUR_RACE, POLICIES } from './policies.ts';
import { RUNS_BUDGET, runArena } from './run-arena.ts';
import { PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import { lineOf, printGains } from './tables.ts';
import { transferOf } from './transfer.ts';

export const OURS: readonly string[] = [OUR_RACE, OUR_FACTORIAL].map(({ name }) => name);
const GAIN_MIN = 95;
const WORLDS_WITH_WRONG_MAX = 5;
const LIFT_ERROR_MAX = 1;
const MINUTES_MAX = 10;

/** Every policy in the same worlds: T5, T6, and how long it takes, T13. */
export async function arenaSection(places: readonly Place[], { pool, say }: Workshop): Promise<Section> {
  const startedAt = performance.now();
  say(`\nThe worlds themselves, ${places.length} of them\n`);
  noiseOf(places, say);
  const worlds = await runArena(places, [PLAIN], POLICIES, { pool, onMeasured: (each) => say(lineOf(each)) });
  const minutes = (performance.now() - startedAt) / 60_000;
  console.log(`\nSame worlds, same candidates, at most ${RUNS_BUDGET} runs of the agent for decisions\n`);
  printGains(worlds, ({ policy }) => policy);
  console.log('\nThe same by domain\n');
  printGains(worlds, ({ domain, policy }) => `${domain}, ${policy}`, 'each');
  const what = `${places.length} worlds × ${POLICIES.length} policies`;
  const findings = [
    ...OURS.flatMap((name) => findingsOf(gained(worlds), name)),
    transferOf(places),
    atMost({ target: 'T13', what, value: minutes, low: minutes, high: minutes, unit: 'min' }, MINUTES_MAX),
  ];
  console.log();
  printFindings(findings);
  return { worlds, findings };
}

function findingsOf(worlds: readonly Gained[], policy: string): readonly Finding[] {
  const own = worlds.filter((each) => each.policy === policy);
  const withWrong = own.filter(({ promoted }) => promoted.false + promoted.vague > 0).length;
  const errors = own.flatMap(({ lifts }) => lifts.map(({ published, truth }) => 100 * (published - truth)));
  const error = meanOf(errors, (each) => each);
  return [
    atLeast(
      {
        target: 'T5',
        what: `normalised gain, ${policy}`,
        ...inPercent(meanOf(own, (each) => each.gain)),
      },
      GAIN_MIN,
    ),
    atMost(
      {
        target: 'T5',
        what: `worlds with a wrong or vague rule, ${policy}`,
        ...shareOf(withWrong, own.length),
      },
      WORLDS_WITH_WRONG_MAX,
    ),
    {
      target: 'T6',
      what: `published − true lift, ${policy}`,
      ...error,
      unit: 'points',
      goal: { text: `|mean| ≤ ${LIFT_ERROR_MAX}`, isMet: Math.abs(error.value) <= LIFT_ERROR_MAX },
    },
  ];
}
