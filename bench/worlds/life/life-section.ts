import type { Place } from '../arena/seeds.ts';
import { quantile, shareOf, statisticOf, type Finding } from '../finding.ts';
import type { Workshop } from '../section.ts';
import { KEEPERS, type Keeper } from './keeper.ts';
import type { Lived } from './life.ts';
import type { LifeKind } from './outcomes.ts';
import type { Leaving } from './watched.ts';

/** What is compared in each life: ours, and what stands beside it there. */
const COMPARED: Readonly<Record<LifeKind, readonly Keeper[]>> = {
  drift: KEEPERS.filter((keeper) => keeper !== 'ours, every vote counts'),
  late: ['ours', 'keeps everything'],
  adversaries: ['ours', 'ours, every vote counts', 'keeps everything'],
};
const LIFE_KINDS: readonly LifeKind[] = ['drift', 'late', 'adversaries'];
const LIFE_NAMES: Readonly<Record<LifeKind, string>> = {
  drift: 'drift, then a new model',
  late: 'late outcomes, 10 % missing',
  adversaries: '1 % adversaries, one vote in five',
};

/** Projects in production after learning: what happens to rules that are false, that become so, and that are right. */
export async function measureLives(
  places: readonly Place[],
  { pool, say }: Workshop,
): Promise<readonly Finding[]> {
  const jobs = LIFE_KINDS.flatMap((kind) =>
    COMPARED[kind].flatMap((keeper) =>
      places.map(({ domain, seed }) => ({ domain: domain.name, seed, kind, keeper })),
    ),
  );
  const lived = await pool.all('life', jobs, ({ kind, keeper, domain, seed, regret }) =>
    say(`${kind}, ${domain} ${seed}, ${keeper}: regret ${regret.map((each) => each.toFixed(0)).join(', ')}`),
  );
  return LIFE_KINDS.flatMap((kind) =>
    COMPARED[kind].flatMap((keeper) =>
      findingsOf(
        `${LIFE_NAMES[kind]}; ${keeper}`,
        lived.filter((each) => each.kind === kind && each.keeper === keeper),
      ),
    ),
  );
}

function findingsOf(name: string, lived: readonly Lived[]): readonly Finding[] {
  const sum = (of: (each: Lived) => number): number => lived.reduce((total, each) => total + of(each), 0);
  const share = (what: string, part: (each: Lived) => number, whole: (each: Lived) => number): Finding[] =>
    sum(whole) === 0 ? [] : [{ target: '', what: `${name}: ${what}`, ...shareOf(sum(part), sum(whole)) }];
  const drifts = lived.filter(({ outdated }) => outdated !== undefined);
  return [
    ...removals(`${name}: false rule`, lived, ({ harmful }) => harmful),
    ...(drifts.length === 0
      ? []
      : removals(`${name}: outdated rule`, drifts, (each) => each.outdated ?? null)),
    ...share(
      'right rules removed',
      ({ lost }) => lost,
      ({ useful }) => useful,
    ),
    ...share(
      'rules that the new model needs no more, withheld at the end',
      ({ rested }) => rested,
      ({ needless }) => needless,
    ),
    ...regrets(name, lived),
  ];
}

function removals(what: string, lived: readonly Lived[], of: (each: Lived) => Leaving): readonly Finding[] {
  const leavings = lived.map(of);
  const units = leavings.map((leaving) => leaving?.units ?? null);
  return [
    {
      target: '',
      what: `${what} removed`,
      ...shareOf(leavings.filter((leaving) => leaving !== null).length, lived.length),
    },
    {
      target: '',
      what: `${what}, answers about it until then, median`,
      ...statisticOf(units, (sample) => quantile(sample, 0.5), 'lives'),
      unit: 'units',
    },
  ];
}

function regrets(name: string, lived: readonly Lived[]): readonly Finding[] {
  const phases = ['at first', 'after the drift', 'with the new model'];
  return phases.flatMap((phase, at): Finding[] => {
    const values = lived.map(({ regret }) => regret[at] ?? 0);
    if (values.every((value) => value === 0)) return [];
    const mean = (sample: readonly number[]): number =>
      sample.reduce((sum, each) => sum + each, 0) / sample.length;
    const what = `${name}: successes lost per 1 000 requests, ${phase}`;
    return [{ target: '', what, ...statisticOf(values, mean, 'lives'), unit: 'count' }];
  });
}
