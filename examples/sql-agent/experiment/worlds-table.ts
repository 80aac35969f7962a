import { median } from './bootstrap.ts';
import type { Control } from './options.ts';
import { jsonRecord, listOf, numberOf, recordsOf, type Json } from './json.ts';
import { percent, signed } from './report.ts';

/** One seed's line of the table. Shares in [0, 1], lifts in [-1, 1]. */
export interface WorldRow {
  readonly seed: number;
  readonly before: number;
  readonly after: number;
  /** `null` in controls, where there is nothing to gain. */
  readonly oracle: number | null;
  readonly lift: number;
  readonly interval: readonly [number, number];
  /** Part of what the oracle gains that the promoted rules gain. */
  readonly share: number | null;
  readonly promoted: { readonly right: number; readonly false: number; readonly vague: number };
  /** Agent runs that learning cost: training and trials. */
  readonly runs: number;
  readonly tasks: number;
  readonly seconds: number;
}

export interface Target {
  readonly name: string;
  readonly met: boolean;
  readonly measured: string;
}

/** The row of a report, as `--json` prints it. */
export function readRow(report: Json): WorldRow {
  const accuracy = (side: string): number => numberOf(jsonRecord(report[side], side), 'accuracy');
  const promoted = recordsOf(report, 'promoted');
  const counted = (meaning: string): number => promoted.filter((rule) => rule['meaning'] === meaning).length;
  const lift = jsonRecord(report['lift'], 'lift');
  const [low, high] = listOf(lift, 'interval').map(Number);
  const runs = jsonRecord(report['runsBy'], 'runsBy');
  const [before, after] = [accuracy('before'), accuracy('after')];
  const oracle = report['oracle'] === null ? null : accuracy('oracle');
  return {
    seed: numberOf(report, 'seed'),
    before,
    after,
    oracle,
    lift: numberOf(lift, 'points'),
    interval: [low ?? Number.NaN, high ?? Number.NaN],
    share: oracle === null ? null : (after - before) / (oracle - before),
    promoted: { right: counted('right'), false: counted('false'), vague: counted('vague') },
    runs: numberOf(runs, 'training') + numberOf(runs, 'trials'),
    tasks: numberOf(jsonRecord(report['before'], 'before'), 'n'),
    seconds: numberOf(report, 'seconds'),
  };
}

const BASE_RANGE = [0.4, 0.46] as const;
const ORACLE_MIN = 0.9;
const TASKS_MIN = 100;
const LIFT_MEDIAN_MIN = 0.25;
const SHARE_MEDIAN_MIN = 0.8;
const SEEDS_WITH_WRONG_MAX = 1;
/** A control may differ from zero by noise only. */
const CONTROL_LIFT_MAX = 0.03;

/** What the table must show, and whether it does. */
export function targetsOf(rows: readonly WorldRow[], control: Control | undefined): readonly Target[] {
  const lift = median(rows.map((row) => row.lift));
  const base: Target = inRange(
    'base accuracy of every seed 40–46 %',
    rows.map((row) => row.before),
    BASE_RANGE,
  );
  if (control !== undefined) {
    return [
      base,
      {
        name: `control ${control}: median lift within ±${CONTROL_LIFT_MAX * 100} points`,
        met: Math.abs(lift) <= CONTROL_LIFT_MAX,
        measured: signed(lift),
      },
    ];
  }
  const share = median(rows.map((row) => row.share ?? Number.NaN));
  const withWrong = rows.filter(({ promoted }) => promoted.false + promoted.vague > 0).length;
  return [
    base,
    inRange(
      'oracle of every seed ≥ 90 %',
      rows.map((row) => row.oracle ?? 0),
      [ORACLE_MIN, 1],
    ),
    {
      name: `sealed tasks per seed ≥ ${TASKS_MIN}`,
      met: rows.every((row) => row.tasks >= TASKS_MIN),
      measured: String(Math.min(...rows.map((row) => row.tasks))),
    },
    { name: 'median lift ≥ 25 points', met: lift >= LIFT_MEDIAN_MIN, measured: signed(lift) },
    {
      name: 'median share of the attainable gain ≥ .8',
      met: share >= SHARE_MEDIAN_MIN,
      measured: share.toFixed(2),
    },
    {
      name: 'seeds with a false or vague rule promoted ≤ 1',
      met: withWrong <= SEEDS_WITH_WRONG_MAX,
      measured: String(withWrong),
    },
  ];
}

function inRange(name: string, values: readonly number[], [low, high]: readonly [number, number]): Target {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { name, met: least >= low && most <= high, measured: `${percent(least)} to ${percent(most)}` };
}

const HEAD =
  'seed     base    after   oracle   lift (95 % interval)      share  right/false/vague   runs  time';

export function rowText(row: WorldRow): string {
  const { promoted, interval } = row;
  return [
    String(row.seed).padStart(5),
    percent(row.before).padStart(7),
    percent(row.after).padStart(7),
    (row.oracle === null ? '–' : percent(row.oracle)).padStart(7),
    `${signed(row.lift)} (${signed(interval[0])} to ${signed(interval[1])})`.padEnd(24),
    (row.share === null ? '–' : row.share.toFixed(2)).padStart(5),
    `${promoted.right}/${promoted.false}/${promoted.vague}`.padStart(10),
    String(row.runs).padStart(13),
    `${row.seconds.toFixed(0)} s`.padStart(6),
  ].join('  ');
}

export function tableText(rows: readonly WorldRow[], targets: readonly Target[]): string {
  const of = (value: (row: WorldRow) => number): number => median(rows.map(value));
  const oracle = rows.every((row) => row.oracle !== null) ? percent(of((row) => row.oracle ?? 0)) : '–';
  return [
    'The model is SIMULATED: these figures prove the mechanism, not language understanding.',
    '',
    HEAD,
    ...rows.map(rowText),
    '',
    `median  base ${percent(of((row) => row.before))}, after ${percent(of((row) => row.after))}, oracle ${oracle}, ` +
      `lift ${signed(of((row) => row.lift))} points, ${of((row) => row.runs).toFixed(0)} agent runs to learn`,
    '',
    ...targets.map(({ name, met, measured }) => `${met ? 'met   ' : 'MISSED'}  ${name}: ${measured}`),
    '',
  ].join('\n');
}
