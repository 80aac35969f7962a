import { statisticOf } from '../finding.ts';
import { printTable } from '../../sample.ts';
import {
  addReplicate,
  intraclassCorrelation,
  type Replicates,
} from '../../../learner/src/stats/intraclass.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { run } from '../agent/agent.ts';
import { sentenceOf } from '../domains/convention.ts';
import { accuracyOf } from './measure.ts';
import { PLAIN, type Scenario } from './scenario.ts';
import type { Place } from './seeds.ts';
import { drawWorld, oracleLines, type World } from './world.ts';

const RUNS_PER_TASK = 8;
const VAGUE_LINES = 40;

/** What a world is like before anybody learns in it, from runs of its agent. */
export interface WorldFigures {
  readonly domain: string;
  readonly icc: number;
  readonly base: number;
  readonly oracle: number;
  readonly allWrong: number;
  readonly withVague: number;
  readonly runsPerSecond: number;
}

/** Measures the intraclass correlation and the accuracies that the worlds are built to have. */
export function figuresOf({ domain, seed }: Place, scenario: Scenario = PLAIN): WorldFigures {
  const world = drawWorld(domain, seed, scenario);
  try {
    const right = oracleLines(world).join('\n');
    const startedAt = performance.now();
    const icc = measuredIcc(world);
    const seconds = (performance.now() - startedAt) / 1_000;
    return {
      domain: domain.name,
      icc,
      base: accuracyOf(world, () => ''),
      oracle: accuracyOf(world, () => right),
      allWrong: accuracyOf(world, () => wrongLines(world).join('\n')),
      withVague: accuracyOf(world, () => [right, ...vagueLines(world)].join('\n')),
      runsPerSecond: (world.cases.length * RUNS_PER_TASK) / seconds,
    };
  } finally {
    world.close();
  }
}

/** Prints these figures by domain, with bootstrap intervals over worlds. */
export function noiseOf(places: readonly Place[], say: (text: string) => void): void {
  const figures = places.map((place) => figuresOf(place));
  const groups: [string, readonly WorldFigures[]][] = [
    ['all', figures],
    ...Map.groupBy(figures, ({ domain }) => domain),
  ];
  const shown = (of: readonly WorldFigures[], value: (each: WorldFigures) => number): string => {
    const mean = statisticOf(
      of.map(value),
      (all) => all.reduce((sum, each) => sum + each, 0) / all.length,
      'noise',
    );
    return `${mean.value.toFixed(2)} [${mean.low.toFixed(2)}, ${mean.high.toFixed(2)}]`;
  };
  printTable(
    ['', 'ICC', 'no rules', 'all right', 'all wrong', 'right + 40 vague', 'runs/s'],
    groups.map(([name, of]) => [
      name,
      shown(of, ({ icc }) => icc),
      shown(of, ({ base }) => base),
      shown(of, ({ oracle }) => oracle),
      shown(of, ({ allWrong }) => allWrong),
      shown(of, ({ withVague }) => withVague),
      Math.round(Math.max(...of.map(({ runsPerSecond }) => runsPerSecond))),
    ]),
  );
  say('');
}

function measuredIcc({ cases, mind, seed }: World): number {
  const tasks = cases.map(({ task }) => {
    let replicates: Replicates | undefined;
    const random = createRandom(`noise ${seed} ${task}`);
    for (let count = 0; count < RUNS_PER_TASK; count += 1)
      replicates = addReplicate(replicates, run(mind, '', task, random).result.score);
    return replicates ?? { n: 0, sum: 0, sumOfSquares: 0 };
  });
  return intraclassCorrelation(tasks) ?? Number.NaN;
}

function wrongLines({ conventions, mind }: World): readonly string[] {
  return conventions.map((convention) => {
    const wrong = convention.values.find((value) => value !== mind.environment.truth[convention.name]) ?? '';
    return `- when ${convention.forms.when[0]}: ${sentenceOf(convention, convention.forms.exact[0] ?? '', wrong)}`;
  });
}

function vagueLines({ conventions }: World): readonly string[] {
  return Array.from({ length: VAGUE_LINES }, (_, index) => {
    const vague = conventions[index % conventions.length]?.forms.vague ?? [];
    return `- ${vague[index % vague.length]}`;
  });
}
