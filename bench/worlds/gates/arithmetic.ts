import { createRandom } from '../../../learner/src/stats/random.ts';
import { bet, startBetting } from '../../../learner/src/stats/betting.ts';
import {
  observePair,
  startEvidence,
  type EvidenceOptions,
} from '../../../learner/src/validators/evidence.ts';
import { atMost, quantile, type Finding } from '../finding.ts';

const UPDATES = 20_000;
const ROUNDS = 9;
/** Pairs of one candidate in a period, and cases they come from. */
const PAIRS = 160;
const CASES = 40;
const UPDATE_US_MAX = 5;

const KINDS: readonly (readonly [name: string, options: EvidenceOptions, values: readonly number[]])[] = [
  ['pair of two binary runs', { alpha: 0.05, mde: 0.2, binary: true, scale: 1 }, [-1, 0, 0, 1]],
  [
    'pair with two baseline runs',
    { alpha: 0.05, mde: 0.2, binary: false, scale: 1 },
    [-1, -0.5, 0, 0, 0.5, 1],
  ],
];

/** T13: CPU time of one bet, and of everything that one more pair changes: evidence, interval, slices, tasks. */
export function measureArithmetic(seed: string): readonly Finding[] {
  const random = createRandom(seed);
  const betting = timed(() => {
    let process = startBetting(0, 1);
    for (let i = 0; i < UPDATES; i += 1) process = bet(process, random.integer(3) - 1);
    return process.observations;
  });
  const bets: Finding = { target: 'T13', what: 'one bet of seven stakes', ...betting, unit: 'µs' };
  const pairs = KINDS.map(([name, options, values]): Finding => {
    const time = timed(() => {
      let evidence = startEvidence(options);
      for (let i = 0; i < UPDATES; i += 1) {
        if (evidence.n === PAIRS) evidence = startEvidence(options);
        const difference = values[random.integer(values.length)] ?? 0;
        evidence = observePair(evidence, { caseId: `case-${i % CASES}`, tags: ['slice'], difference });
      }
      return evidence.n;
    });
    return {
      target: '',
      what: `everything that a ${name} changes, the interval included`,
      ...time,
      unit: 'µs',
    };
  });
  return [atMost(bets, UPDATE_US_MAX), ...pairs];
}

/** µs of CPU per update: median of the rounds, with the fastest and the slowest. */
function timed(run: () => number): Pick<Finding, 'value' | 'low' | 'high'> {
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    run();
    return process.cpuUsage(before).user / UPDATES;
  });
  return { value: quantile(times, 0.5), low: Math.min(...times), high: Math.max(...times) };
}
