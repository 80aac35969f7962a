import { rmse, runConfounded, type RuleResult } from '../learner/src/online/confounded-world.testing.ts';
import {
  runStream,
  type Chances,
  type StreamResult,
} from '../learner/src/online/simulated-stream.testing.ts';
import { stageShares, type StageShares } from '../learner/src/online/stage.ts';
import { wilsonInterval } from '../learner/src/stats/wilson.ts';
import { printTable } from './sample.ts';

/**
 * `node --conditions=@tracelore/source bench/online.ts [streams]`: how soon a harmful rule is removed from service, how
 * often a good one is removed by mistake, how drift is noticed, and how well a rule's effect is measured although retrieval
 * follows difficulty. Simulated streams with known effects: figures prove mechanism. Reads the learner's sources, since
 * the simulated streams are not published.
 */
const STREAMS = 300;
const FLIP_AT = 1_000;
const CONFOUNDED_WORLDS = 30;
const CONFOUNDED_REQUESTS = 8_000;
const CONFOUNDED_WITHHELD = 0.2;

const CONSTANT: StageShares = { canary: 0.2, active: 0.2, steady: 0.2, suspect: 0.5 };
const POLICIES: readonly (readonly [string, StageShares])[] = [
  ['h = .2', CONSTANT],
  ['stages', stageShares(0.1, true)],
];

interface Scenario {
  readonly name: string;
  readonly units: number;
  readonly chances: (unit: number) => Chances;
  /** Removal may only be right after this unit; before it is a mistake. */
  readonly harmFrom?: number;
}

const always =
  (without: number, withRule: number): Scenario['chances'] =>
  () => ({ without, with: withRule });

const SCENARIOS: readonly Scenario[] = [
  { name: 'T7 harmful .80 → .60', units: 2_000, chances: always(0.8, 0.6), harmFrom: 0 },
  { name: 'T7 harmful .95 → .75', units: 2_000, chances: always(0.95, 0.75), harmFrom: 0 },
  { name: 'T7 useful .60 → .80', units: 2_000, chances: always(0.6, 0.8) },
  { name: 'T7 useful .60 → .70', units: 2_000, chances: always(0.6, 0.7) },
  { name: 'T7 hard tasks .10 → .25', units: 2_000, chances: always(0.1, 0.25) },
  { name: 'T7 neutral .60', units: 2_000, chances: always(0.6, 0.6) },
  { name: 'T7 neutral .60, 8 000 units', units: 8_000, chances: always(0.6, 0.6) },
  { name: 'T8 useful .60 → .80, 1 000 units', units: 1_000, chances: always(0.6, 0.8) },
  {
    name: 'T8 +20 turns −20 after 1 000',
    units: 4_000,
    chances: (unit) => (unit <= FLIP_AT ? { without: 0.6, with: 0.8 } : { without: 0.8, with: 0.6 }),
    harmFrom: FLIP_AT,
  },
];

function share(count: number, of: number): string {
  const [lower, upper] = wilsonInterval(count, of);
  const percent = (value: number): string => (100 * value).toFixed(1);
  return `${percent(count / of)} % [${percent(lower)}, ${percent(upper)}]`;
}

/** Of all streams: those where it never happened count as later than any. */
function quantile(values: readonly (number | null)[], level: number, from: number): string {
  const sorted = values.map((value) => value ?? Infinity).toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length * level)] ?? Infinity;
  return value === Infinity ? '–' : String(value - from);
}

function row(policy: string, { name, harmFrom }: Scenario, results: readonly StreamResult[]): string[] {
  const removed = results.map(({ deprecatedAt }) => deprecatedAt);
  const wrongly = removed.filter((at) => at !== null && at <= (harmFrom ?? Infinity)).length;
  const alarms = results.map(({ suspectAt }) => suspectAt);
  const alarmed = alarms.filter((at) => at !== null && at <= (harmFrom ?? Infinity)).length;
  const from = harmFrom ?? 0;
  const isDrift = harmFrom !== undefined && harmFrom > 0;
  return [
    name,
    policy,
    harmFrom === undefined ? '–' : quantile(removed, 0.5, from),
    harmFrom === undefined ? '–' : quantile(removed, 0.9, from),
    harmFrom === 0 ? '–' : share(wrongly, results.length),
    isDrift ? quantile(alarms, 0.9, from) : '–',
    harmFrom === 0 ? '–' : share(alarmed, results.length),
    share(results.filter(({ dormantAt }) => dormantAt !== null).length, results.length),
  ];
}

const streams = Number(process.argv[2] ?? STREAMS);
if (!Number.isSafeInteger(streams) || streams < 1)
  throw new Error(`streams: expected an integer of at least 1, got "${process.argv[2]}"`);

const rows: string[][] = [];
for (const scenario of SCENARIOS) {
  for (const [policy, shares] of POLICIES) {
    const { units, chances } = scenario;
    const results = Array.from({ length: streams }, (_, index) =>
      runStream({ seed: `${scenario.name} ${index}`, units, shares, chances }),
    );
    rows.push(row(policy, scenario, results));
  }
}
console.log(
  `${streams} streams each; units until a rule is removed or suspected are counted from where it harms\n`,
);
printTable(
  [
    'rule',
    'withheld',
    'removed, median',
    'p90',
    'removed wrongly',
    'alarm p90',
    'false alarms',
    'put to sleep',
  ],
  rows,
);

const confounded: RuleResult[] = [];
for (let world = 0; world < CONFOUNDED_WORLDS; world += 1) {
  confounded.push(...runConfounded(`confounded ${world}`, CONFOUNDED_REQUESTS, CONFOUNDED_WITHHELD));
}
const covered = confounded.filter(({ measured, truth }) => measured.low <= truth && truth <= measured.high);
console.log(
  `\nT9 ${confounded.length} rules, retrieval confounded with difficulty, ${CONFOUNDED_REQUESTS} requests, h = ${CONFOUNDED_WITHHELD}`,
);
printTable(
  ['estimate', 'RMSE, points', 'interval covers'],
  [
    [
      'from the coins',
      (100 * rmse(confounded, ({ measured }) => measured.estimate)).toFixed(1),
      share(covered.length, confounded.length),
    ],
    ['success with − success without', (100 * rmse(confounded, ({ naive }) => naive)).toFixed(1), '–'],
  ],
);
console.log('\n95 % Wilson intervals');
