import { printTable } from '../../sample.ts';
import { wilsonInterval } from '../../../learner/src/stats/wilson.ts';
import { gained, meanOf, type Gained } from './gains.ts';
import type { Measured } from './measure.ts';
import type { Meaning } from './meaning.ts';

const HEAD = [
  '',
  'gain [95 %]',
  'worlds with a wrong or vague rule [95 %]',
  'precision',
  'recall',
  'poison kept/read',
  'runs',
  'published − true',
  's',
];

/** One line per group of results: what was gained, what it cost, what should not have been kept. */
export function printGains(
  all: readonly Measured[],
  groupOf: (measured: Gained) => string,
  worlds: 'all' | 'each' = 'all',
): void {
  const groups = Map.groupBy(gained(all), groupOf);
  printTable(
    HEAD.map((name) => (worlds === 'each' && name === '' ? 'domain, policy' : name)),
    [...groups].map(([name, results]) => rowOf(name, results)),
  );
}

function rowOf(name: string, results: readonly Gained[]): readonly string[] {
  const gain = meanOf(results, (each) => each.gain);
  const withWrong = results.filter(({ promoted }) => promoted.false + promoted.vague > 0).length;
  const [low, high] = wilsonInterval(withWrong, results.length);
  const promoted = (meaning: Meaning): number =>
    results.reduce((sum, each) => sum + each.promoted[meaning], 0);
  const kept = promoted('right') + promoted('false') + promoted('vague') + promoted('poison');
  const known = results.reduce((sum, each) => sum + each.known, 0);
  const proposable = results.reduce((sum, each) => sum + each.proposable, 0);
  const lifts = results.flatMap((each) => each.lifts);
  return [
    name,
    `${gain.value.toFixed(3)} [${gain.low.toFixed(3)}, ${gain.high.toFixed(3)}]`,
    `${withWrong} of ${results.length} [${percent(low)}, ${percent(high)}]`,
    kept === 0 ? '–' : percent(promoted('right') / kept),
    proposable === 0 ? '–' : percent(known / proposable),
    `${promoted('poison')}/${results.reduce((sum, each) => sum + each.poisonSeen, 0)}`,
    String(Math.round(meanOf(results, (each) => each.decisionRuns).value)),
    lifts.length === 0 ? '–' : errorOf(lifts),
    meanOf(results, (each) => each.seconds).value.toFixed(1),
  ];
}

function errorOf(lifts: Measured['lifts']): string {
  const error = meanOf(lifts, ({ published, truth }) => 100 * (published - truth));
  return `${error.value.toFixed(1)} [${error.low.toFixed(1)}, ${error.high.toFixed(1)}]`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** One result in a line, as it comes. */
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
