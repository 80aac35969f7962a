import { runStream } from '../../../learner/src/online/simulated-stream.testing.ts';
import { atMost, quantile, shareOf, statisticOf, type Finding } from '../finding.ts';
import { inParts, type Pool } from '../pool/pool.ts';
import { measureConfounded } from './confounded.ts';
import {
  FLIP_AT,
  FLIPPING,
  HARMFUL,
  NEUTRAL,
  POLICIES,
  PROVEN,
  scenarioOf,
  sharesOf,
  USEFUL,
  type Scenario,
} from './scenario.ts';

export interface StreamsOptions {
  /** Simulated streams of units for each figure. */
  readonly streams: number;
  readonly seed: string;
  readonly pool: Pool;
  /** Called with what is measured next. */
  readonly say: (what: string) => void;
}

/** Streams of one job. */
const STREAMS_PER_JOB = 100;
const REMOVED_UNITS_MAX = 250;
const USEFUL_REMOVED_MAX = 1;
const NEUTRAL_REMOVED_MAX = 7;
const ALARM_UNITS_MAX = 320;
const FLIP_REMOVED_UNITS_MAX = 400;
const FALSE_ALARMS_MAX = 1;

/**
 * The watch over served rules, as rates from the shipped kernel on simulated streams with known effects: how soon a harmful
 * rule is removed, how often a good one is by mistake, how drift is noticed, how well effects are measured although retrieval
 * follows difficulty. Figures prove mechanism.
 */
export async function runStreams(options: StreamsOptions): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name } of POLICIES)
    findings.push(...(await removals(options, name)), ...(await drift(options, name)));
  options.say('retrieval follows difficulty');
  return [...findings, ...(await measureConfounded(options.seed, options.pool))];
}

interface StreamsJob {
  readonly seed: string;
  readonly scenario: string;
  readonly units: number;
  readonly policy: string;
  readonly indices: readonly number[];
}

/** When a rule was suspected and removed on one stream; `null` = never. */
interface Removal {
  readonly suspectAt: number | null;
  readonly deprecatedAt: number | null;
}

/** The job: these streams of a scenario. */
export function runStreamsOf({ seed, scenario, units, policy, indices }: StreamsJob): readonly Removal[] {
  const { name, chances } = scenarioOf(scenario, units);
  const shares = sharesOf(policy);
  return indices.map((index) => {
    const { suspectAt, deprecatedAt } = runStream({
      seed: `${seed} ${name} ${index}`,
      units,
      shares,
      chances,
    });
    return { suspectAt, deprecatedAt };
  });
}

async function results(
  { streams, seed, pool, say }: StreamsOptions,
  { name: scenario, units }: Scenario,
  policy: string,
): Promise<readonly Removal[]> {
  say(`${policy}: ${scenario}, ${streams} streams`);
  const indices = Array.from({ length: streams }, (_, index) => index);
  const jobs = inParts(indices, STREAMS_PER_JOB).map((part) => ({
    seed,
    scenario,
    units,
    policy,
    indices: part,
  }));
  return (await pool.all('streams', jobs)).flat();
}

/** T7. */
async function removals(options: StreamsOptions, policy: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const scenario of HARMFUL) {
    const removed = (await results(options, scenario, policy)).map(({ deprecatedAt }) => deprecatedAt);
    const what = `${policy}: ${scenario.name}, removed after, median`;
    const measured = statisticOf(removed, (sample) => quantile(sample, 0.5), options.seed);
    findings.push(atMost({ target: 'T7', what, ...measured, unit: 'units' }, REMOVED_UNITS_MAX));
  }
  for (const scenario of [...USEFUL, NEUTRAL]) {
    const streams = await results(options, scenario, policy);
    const removed = streams.filter(({ deprecatedAt }) => deprecatedAt !== null);
    const what = `${policy}: ${scenario.name}, removed within ${scenario.units}`;
    const most = scenario === NEUTRAL ? NEUTRAL_REMOVED_MAX : USEFUL_REMOVED_MAX;
    findings.push(atMost({ target: 'T7', what, ...shareOf(removed.length, options.streams) }, most));
  }
  return findings;
}

/** T8. */
async function drift(options: StreamsOptions, policy: string): Promise<readonly Finding[]> {
  const flipped = await results(options, FLIPPING, policy);
  const alarms = flipped.map(({ suspectAt }) => (suspectAt === null ? null : suspectAt - FLIP_AT));
  const removed = flipped.map(({ deprecatedAt }) => (deprecatedAt === null ? null : deprecatedAt - FLIP_AT));
  const level = (share: number) => (sample: readonly (number | null)[]) => quantile(sample, share);
  const name = `${policy}: ${FLIPPING.name}`;
  const figure = (
    what: string,
    sample: readonly (number | null)[],
    share: number,
  ): Omit<Finding, 'goal' | 'target'> => ({
    what: `${name}, ${what}`,
    ...statisticOf(sample, level(share), options.seed),
    unit: 'units',
  });
  const proven = await results(options, PROVEN, policy);
  const falseAlarms = proven.filter(({ suspectAt }) => suspectAt !== null).length;
  const what = `${policy}: ${PROVEN.name}, false alarm within ${PROVEN.units}`;
  return [
    atMost({ target: 'T8', ...figure('alarm after, p90', alarms, 0.9) }, ALARM_UNITS_MAX),
    atMost({ target: 'T8', ...figure('removed after, median', removed, 0.5) }, FLIP_REMOVED_UNITS_MAX),
    { target: '', ...figure('removed after, p90', removed, 0.9) },
    atMost({ target: 'T8', what, ...shareOf(falseAlarms, options.streams) }, FALSE_ALARMS_MAX),
  ];
}
