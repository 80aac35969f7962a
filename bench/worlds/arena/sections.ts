import { printFindings, shareOf, type Finding } from '../finding.ts';
import { gained, inPercent, meanOf, type Gained } from './gains.ts';
import { noiseOf } from './noise.ts';
import { runHttp } from '../http/run-http.ts';
import { ENDS, OUR_FACTORIAL, OUR_RACE, POLICIES } from './policies.ts';
import { RUNS_BUDGET, runArena } from './run-arena.ts';
import { CONTROLS, DIFFICULTIES, PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import type { Measured } from './measure.ts';
import { printGains } from './tables.ts';
import { transferOf } from './transfer.ts';

/** What a section prints, and what stands in the JSON. */
export interface Section {
  /** Every result, world by world; absent where there are no worlds. */
  readonly worlds?: readonly Measured[];
  readonly findings: readonly Finding[];
}

const OURS = [OUR_RACE, OUR_FACTORIAL].map(({ name }) => name);
const GAIN_MIN = 0.95;
const WORLDS_WITH_WRONG_MAX = 5;
const LIFT_ERROR_MAX = 1;

/** Every policy in the same worlds. */
export async function arenaSection(places: readonly Place[], say: (text: string) => void): Promise<Section> {
  say(`\nThe worlds themselves, ${places.length} of them\n`);
  noiseOf(places, say);
  const worlds = await runArena(places, PLAIN, POLICIES, (each) => say(lineOf(each)));
  say(`\nSame worlds, same candidates, at most ${RUNS_BUDGET} runs of the agent for decisions\n`);
  printGains(worlds, ({ policy }) => policy);
  say('\nThe same by domain\n');
  printGains(worlds, ({ domain, policy }) => `${domain}, ${policy}`, 'each');
  const findings = [...OURS.flatMap((name) => findingsOf(gained(worlds), name)), transferOf(places)];
  say('');
  printFindings(findings);
  return { worlds, findings };
}

/** Ours and the simplest rival in harder worlds. */
export async function difficultySection(
  places: readonly Place[],
  say: (text: string) => void,
): Promise<Section> {
  const worlds: Measured[] = [];
  const greedy = POLICIES.filter(({ name }) => name.startsWith('greedy') || name.startsWith('PACE'));
  for (const scenario of DIFFICULTIES) {
    worlds.push(
      ...(await runArena(places, scenario, [...ENDS, OUR_RACE, OUR_FACTORIAL, ...greedy], (each) =>
        say(lineOf(each)),
      )),
    );
  }
  say(`\nHarder worlds, ${places.length} of each\n`);
  const isEnd = ENDS.map(({ name }) => name);
  printGains(worlds, ({ scenario, policy }) => (isEnd.includes(policy) ? policy : `${scenario}: ${policy}`));
  return { worlds, findings: poisonFindings(gained(worlds)) };
}

/** Worlds in which something must vanish, or must not change. */
export async function controlSection(
  places: readonly Place[],
  say: (text: string) => void,
): Promise<Section> {
  const worlds: Measured[] = [];
  for (const scenario of CONTROLS) {
    worlds.push(
      ...(await runArena(places, scenario, [...ENDS, OUR_RACE, OUR_FACTORIAL], (each) => say(lineOf(each)))),
    );
  }
  const findings = controlFindings(worlds);
  say(`\nControls, ${places.length} worlds of each\n`);
  printFindings(findings);
  return { worlds, findings };
}

/** Learner and worlds in processes of their own. */
export async function httpSection(seed: string, say: (text: string) => void): Promise<Section> {
  const findings = await runHttp({ seed, say });
  printFindings(findings);
  return { findings };
}

function findingsOf(worlds: readonly Gained[], policy: string): readonly Finding[] {
  const own = worlds.filter((each) => each.policy === policy);
  const gain = meanOf(own, (each) => each.gain);
  const withWrong = own.filter(({ promoted }) => promoted.false + promoted.vague > 0).length;
  const wrong = shareOf(withWrong, own.length);
  const errors = own.flatMap(({ lifts }) => lifts.map(({ published, truth }) => 100 * (published - truth)));
  const error = meanOf(errors, (each) => each);
  return [
    {
      target: 'T5',
      what: `normalised gain, ${policy}`,
      ...inPercent(gain),
      goal: { text: `≥ ${100 * GAIN_MIN} %`, isMet: gain.value >= GAIN_MIN },
    },
    {
      target: 'T5',
      what: `worlds with a wrong or vague rule, ${policy}`,
      ...wrong,
      goal: { text: `≤ ${WORLDS_WITH_WRONG_MAX} %`, isMet: wrong.value <= WORLDS_WITH_WRONG_MAX },
    },
    {
      target: 'T6',
      what: `published − true lift, ${policy}`,
      ...error,
      unit: 'points',
      goal: { text: `|mean| ≤ ${LIFT_ERROR_MAX}`, isMet: Math.abs(error.value) <= LIFT_ERROR_MAX },
    },
  ];
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
            goal: { text: '≤ 5 %', isMet: kept / own.length <= 0.05 },
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

export function lineOf({
  domain,
  seed,
  scenario,
  policy,
  accuracy,
  promoted,
  decisionRuns,
  seconds,
}: Measured): string {
  const kept = `${promoted.right}/${promoted.false}/${promoted.vague}/${promoted.poison}`;
  return `${scenario}, ${domain} ${seed}, ${policy}: ${(100 * accuracy).toFixed(1)} %, right/false/vague/poison ${kept}, ${decisionRuns} runs, ${seconds.toFixed(1)} s`;
}
