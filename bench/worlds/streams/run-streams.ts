import { runStream, type StreamResult } from '../../../learner/src/online/simulated-stream.testing.ts';
import type { StageShares } from '../../../learner/src/online/stage.ts';
import { atMost, quantile, shareOf, statisticOf, type Finding } from '../finding.ts';
import { measureConfounded } from './confounded.ts';
import { FLIP_AT, FLIPPING, HARMFUL, NEUTRAL, POLICIES, PROVEN, USEFUL, type Scenario } from './scenario.ts';

export interface StreamsOptions {
  /** Simulated streams of units for each figure. */
  readonly streams: number;
  readonly seed: string;
}

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
export function runStreams(options: StreamsOptions): readonly Finding[] {
  const findings = POLICIES.flatMap(({ name, shares }) => [
    ...removals(options, name, shares),
    ...drift(options, name, shares),
  ]);
  return [...findings, ...measureConfounded(options.seed)];
}

function results({ streams, seed }: StreamsOptions, scenario: Scenario, shares: StageShares): StreamResult[] {
  const { name, units, chances } = scenario;
  return Array.from({ length: streams }, (_, index) =>
    runStream({ seed: `${seed} ${name} ${index}`, units, shares, chances }),
  );
}

/** T7. */
function removals(options: StreamsOptions, policy: string, shares: StageShares): Finding[] {
  const harmful = HARMFUL.map((scenario): Finding => {
    const removed = results(options, scenario, shares).map(({ deprecatedAt }) => deprecatedAt);
    const what = `${policy}: ${scenario.name}, removed after, median`;
    const measured = statisticOf(removed, (sample) => quantile(sample, 0.5), options.seed);
    return atMost({ target: 'T7', what, ...measured, unit: 'units' }, REMOVED_UNITS_MAX);
  });
  const others = [...USEFUL, NEUTRAL].map((scenario): Finding => {
    const removed = results(options, scenario, shares).filter(({ deprecatedAt }) => deprecatedAt !== null);
    const what = `${policy}: ${scenario.name}, removed within ${scenario.units}`;
    const most = scenario === NEUTRAL ? NEUTRAL_REMOVED_MAX : USEFUL_REMOVED_MAX;
    return atMost({ target: 'T7', what, ...shareOf(removed.length, options.streams) }, most);
  });
  return [...harmful, ...others];
}

/** T8. */
function drift(options: StreamsOptions, policy: string, shares: StageShares): Finding[] {
  const flipped = results(options, FLIPPING, shares);
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
  const proven = results(options, PROVEN, shares);
  const falseAlarms = proven.filter(({ suspectAt }) => suspectAt !== null).length;
  const what = `${policy}: ${PROVEN.name}, false alarm within ${PROVEN.units}`;
  return [
    atMost({ target: 'T8', ...figure('alarm after, p90', alarms, 0.9) }, ALARM_UNITS_MAX),
    atMost({ target: 'T8', ...figure('removed after, median', removed, 0.5) }, FLIP_REMOVED_UNITS_MAX),
    { target: '', ...figure('removed after, p90', removed, 0.9) },
    atMost({ target: 'T8', what, ...shareOf(falseAlarms, options.streams) }, FALSE_ALARMS_MAX),
  ];
}
