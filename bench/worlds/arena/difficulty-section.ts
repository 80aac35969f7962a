import { printTable } from '../../sample.ts';
import { wilsonInterval } from '../../../learner/src/stats/wilson.ts';
import { printFindings, quantile, shareOf, statisticOf, type Finding } from '../finding.ts';
import { greedyGate } from '../gates/greedy.ts';
import { paceGate } from '../gates/pace.ts';
import { measureLives } from '../life/life-section.ts';
import type { Section, Workshop } from '../section.ts';
import { gained, meanOf } from './gains.ts';
import type { Measured } from './measure.ts';
import { ENDS, OUR_FACTORIAL, policyNamed } from './policies.ts';
import type { Policy } from './policy.ts';
import { ALL_CANDIDATES } from './rivals.ts';
import { runArena } from './run-arena.ts';
import { DIFFICULTIES, PLAIN } from './scenario.ts';
import type { Place } from './seeds.ts';
import { lineOf, printGains } from './tables.ts';
import { TRAPS } from './traps.ts';

/** Ours in the mode that it chooses at this budget, and the rivals that find something. */
const COMPARED: readonly Policy[] = [
  OUR_FACTORIAL,
  policyNamed(greedyGate.name),
  policyNamed(paceGate.name),
  ALL_CANDIDATES,
];

/** Ours and rivals in harder worlds, which traps they fall for, and what becomes of rules in production. */
export async function difficultySection(places: readonly Place[], workshop: Workshop): Promise<Section> {
  const worlds = await runArena(places, DIFFICULTIES, [...ENDS, ...COMPARED], {
    pool: workshop.pool,
    onMeasured: (each) => workshop.say(lineOf(each)),
  });
  console.log(`\nHarder worlds, ${places.length} of each\n`);
  const ends = ENDS.map(({ name }) => name);
  printGains(worlds, ({ scenario, policy }) => (ends.includes(policy) ? policy : `${scenario}: ${policy}`));
  console.log('\nTraps: worlds in which one is in force, of those in which it was proposed\n');
  printTraps(worlds);
  const findings = [
    ...DIFFICULTIES.flatMap(({ name }) => gainLost(worlds, name)),
    ...poisonFindings(worlds),
    ...sliceFindings(worlds),
    ...judgeFindings(worlds),
    ...(await measureLives(places, workshop)),
  ];
  console.log();
  printFindings(findings);
  return { worlds, findings };
}

function resultsOf(worlds: readonly Measured[], policy: Policy, scenario: string): readonly Measured[] {
  return worlds.filter((each) => each.policy === policy.name && each.scenario === scenario);
}

function printTraps(worlds: readonly Measured[]): void {
  const rows = DIFFICULTIES.flatMap(({ name }) =>
    TRAPS.flatMap((trap) => {
      const proposed = new Set(
        resultsOf(worlds, ALL_CANDIDATES, name)
          .filter(({ traps }) => traps.promoted[trap] > 0)
          .map(worldOf),
      );
      if (proposed.size === 0) return [];
      const cells = COMPARED.filter((policy) => policy !== ALL_CANDIDATES).map((policy) => {
        const fallen = resultsOf(worlds, policy, name).filter(
          (each) => proposed.has(worldOf(each)) && each.traps.promoted[trap] > 0,
        ).length;
        const [low, high] = wilsonInterval(fallen, proposed.size);
        return `${fallen} [${(100 * low).toFixed(0)}, ${(100 * high).toFixed(0)} %]`;
      });
      return [[`${name}: ${trap}`, proposed.size, ...cells]];
    }),
  );
  const names = COMPARED.filter((policy) => policy !== ALL_CANDIDATES).map(({ name }) => name);
  printTable(['', 'proposed in', ...names], rows);
}

function worldOf({ domain, seed }: Measured): string {
  return `${domain} ${seed}`;
}

/** What a difficulty costs, in the same worlds; and how many runs it takes to nine tenths. */
function gainLost(worlds: readonly Measured[], scenario: string): readonly Finding[] {
  const own = gained(worlds).filter(({ policy }) => policy === OUR_FACTORIAL.name);
  const plain = new Map(
    own.filter((each) => each.scenario === PLAIN.name).map((each) => [worldOf(each), each.gain]),
  );
  const here = own.filter((each) => each.scenario === scenario);
  const changes = meanOf(here, (each) => 100 * (each.gain - (plain.get(worldOf(each)) ?? 0)));
  const runs = statisticOf(
    here.map(({ runsTo90 }) => runsTo90),
    (sample) => quantile(sample, 0.5),
    'worlds',
  );
  return [
    ...(scenario === PLAIN.name
      ? []
      : [
          {
            target: '',
            what: `${scenario}: gain, less than in plain worlds`,
            ...changes,
            unit: '%' as const,
          },
        ]),
    { target: '', what: `${scenario}: runs to 90 % of the oracle's gain, median`, ...runs, unit: 'runs' },
  ];
}

const POISON_LOSS_MAX = 5;

function poisonFindings(worlds: readonly Measured[]): readonly Finding[] {
  const found = (scenario: string): number =>
    resultsOf(worlds, OUR_FACTORIAL, scenario).reduce((sum, each) => sum + each.known, 0);
  const [poisoned, clean] = [found(PLAIN.name), found('no poison')];
  const lost = 100 * (1 - poisoned / clean);
  return [
    {
      target: 'T12',
      what: `conventions found less because of planted texts (${poisoned} instead of ${clean})`,
      value: lost,
      low: lost,
      high: lost,
      unit: '%',
      goal: { text: `≤ ${POISON_LOSS_MAX} %`, isMet: lost <= POISON_LOSS_MAX },
    },
  ];
}

/** What learned rules do to the group of tasks for which one convention does not hold. */
function sliceFindings(worlds: readonly Measured[]): readonly Finding[] {
  return COMPARED.flatMap((policy): Finding[] => {
    const lifts = worlds
      .filter((each) => each.policy === policy.name)
      .flatMap(({ sliceLift }) => (sliceLift === null ? [] : [100 * sliceLift]));
    if (lifts.length === 0) return [];
    const what = `harmful slice: success there, more than without rules, ${policy.name}`;
    return [{ target: '', what, ...meanOf(lifts, (each) => each), unit: 'points' }];
  });
}

/** Whether audits of runs with the learned rules notice a judge that they please. */
function judgeFindings(worlds: readonly Measured[]): readonly Finding[] {
  return DIFFICULTIES.filter(({ judge }) => judge === 'audited').flatMap(({ name }): Finding[] => {
    const gamed = resultsOf(worlds, OUR_FACTORIAL, name).filter(
      ({ traps }) => traps.promoted['judge-gaming'] > 0,
    );
    if (gamed.length === 0) return [];
    const noticed = gamed.filter(({ judgeStanding }) => judgeStanding !== 'trusted').length;
    const what = `${name}: audits of runs with the rules then speak against the judge`;
    return [{ target: '', what, ...shareOf(noticed, gamed.length) }];
  });
}
