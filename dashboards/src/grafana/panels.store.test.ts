import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadMigrations, migrate, openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DASHBOARDS } from './dashboards.ts';
import { FILTER_COLUMNS, filterValuesSql } from './filters.ts';
import { expandMacros, type MacroContext } from './macros.ts';
import { KNOWLEDGE_CHANGES_SQL } from './overview.ts';
import { FORMAT } from './target.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 20, 12);
const NASTY = String.raw`O'Brien-bot \ 100% "é" 漢字 ` + 'x'.repeat(2_000);
const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-dashboards-'));
let store: Store;

beforeAll(async () => {
  store = await openStore({ location: { kind: 'embedded', directory }, database: 'tracelore' });
  // The annotation reads the learner's table: its migrations are files beside the code that owns them.
  const migrations = loadMigrations(new URL('../../../learner/src/store/schema/', import.meta.url));
  await migrate(store.driver, { database: store.database, package: 'learner', migrations });
  await seed();
});

afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

/** 120 runs over a day, three agents, one of them with a nasty name: a root, a model call and a tool call each. */
async function seed(): Promise<void> {
  const nasty = NASTY.slice(0, 40);
  await store.driver.command(
    `INSERT INTO ${store.database}.spans
       (project, trace_id, span_id, parent_span_id, run_id, name, kind, otel_kind, service, environment, start_time,
        duration_ns, status, operation, request_model, response_model, agent, input_tokens, output_tokens,
        cost, cost_source, attribute_values, resource_attributes, received_at)
     SELECT
       'default', lower(hex(sipHash128(run))) AS trace_id, lower(hex(sipHash64(number))), if(part = 0, '', lower(hex(sipHash64(number - part)))),
       trace_id, ['answer', 'chat sim', 'query'][part + 1], ['agent', 'llm', 'tool'][part + 1], 'Internal',
       ['shop', 'billing'][run % 2 + 1], 'production',
       fromUnixTimestamp64Milli({now:Int64} - toInt64(run) * 700000 + part), 1000000 * (10 + run * part),
       if(run % 7 = 0 AND part = 0, 'Error', 'Ok'), ['invoke_agent', 'chat', 'execute_tool'][part + 1], 'sim', 'sim-1',
       ['sql', 'router', {nasty:String}][run % 3 + 1], if(part = 1, 100, NULL), if(part = 1, 20, NULL),
       if(part = 1 AND run % 4 != 0, 0.01, NULL), if(part = 1 AND run % 4 != 0, 'reported', ''),
       map('gen_ai.operation.name', 'chat'), map('service.name', 'shop'), now64(3)
     FROM (SELECT number, intDiv(number, 3) AS run, number % 3 AS part FROM numbers(360))`,
    { parameters: { now: NOW, nasty } },
  );
  await store.driver.command(
    `INSERT INTO ${store.database}.outcomes (project, run_id, outcome_id, name, source, score, passed, time, received_at)
     SELECT 'default', lower(hex(sipHash128(number))), toString(number), 'outcome', 'check', number % 2, number % 2 = 1, now64(9), now64(3)
     FROM numbers(100)`,
  );
  await store.refresh(await store.stale(1_000), NOW);
}

interface Query {
  readonly title: string;
  readonly type: string;
  readonly format: number;
  readonly sql: string;
}

function queriesOf(dashboard: unknown): Query[] {
  const {
    panels,
  }: { panels: { title: string; type: string; targets: { format: number; rawSql: string }[] }[] } =
    JSON.parse(JSON.stringify(dashboard));
  return panels.flatMap(({ title, type, targets }) =>
    targets.map(({ format, rawSql }) => ({ title, type, format, sql: rawSql })),
  );
}

const queries: Query[] = [
  ...DASHBOARDS.flatMap(({ build }) => queriesOf(build())),
  { title: 'Knowledge changes', type: 'annotation', format: FORMAT.table, sql: KNOWLEDGE_CHANGES_SQL },
  ...FILTER_COLUMNS.map((column) => ({
    title: `variable ${column}`,
    type: 'variable',
    format: FORMAT.table,
    sql: filterValuesSql(column),
  })),
];

const everything = {
  ...Object.fromEntries(FILTER_COLUMNS.map((column) => [column, '$__all'])),
  outcome: '$__all',
  search: '',
  trace: '',
};
const day = { from: NOW - 24 * HOUR, to: NOW + HOUR, intervalMs: 300_000 };
const scenarios: Readonly<Record<string, MacroContext>> = {
  everything: { ...day, variables: everything },
  'one of each': {
    ...day,
    variables: {
      ...everything,
      project: ['default'],
      agent: ['sql'],
      service: ['shop'],
      environment: ['production'],
      outcome: ['failed'],
      search: 'answer',
    },
  },
  'nasty values': {
    ...day,
    variables: {
      ...everything,
      agent: [NASTY.replaceAll('\\', '/'), "x'y"],
      service: ["O'Brien"],
      search: NASTY,
      trace: `${NASTY}'`,
    },
  },
  'a range without data': {
    from: NOW - 900 * HOUR,
    to: NOW - 800 * HOUR,
    intervalMs: 300_000,
    variables: everything,
  },
  'one minute': { from: NOW - 60_000, to: NOW, intervalMs: 1_000, variables: everything },
  'ninety days': { from: NOW - 90 * 24 * HOUR, to: NOW, intervalMs: 7_200_000, variables: everything },
};

/** Runs SQL as the data source would: in its default database, rows with their column types. */
async function run(sql: string, context: MacroContext): Promise<Result> {
  const expanded = expandMacros(sql, context).replaceAll(
    /\b(FROM|IN \(SELECT \w+ FROM)\s+(runs|spans|id_times|knowledge_log)\b/g,
    (_, word: string, table: string) => `${word} ${store.database}.${table}`,
  );
  const described = await store.driver.query<{ name: string; type: string }>(`DESCRIBE (${expanded})`);
  const rows = await store.driver.query<Record<string, unknown>>(expanded);
  return { columns: new Map(described.map(({ name, type }) => [name, type])), rows };
}

const isTime = (type: string | undefined): boolean => (type ?? '').startsWith('DateTime');
const isNumber = (type: string): boolean => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type);

interface Result {
  readonly columns: ReadonlyMap<string, string>;
  readonly rows: readonly Record<string, unknown>[];
}

/** What Grafana would not show, or not as meant. Empty for a good answer. */
function faultsOf({ type, format }: Query, { columns, rows }: Result, expectsRows: boolean): string[] {
  const types = [...columns.values()];
  const checks: readonly (readonly [string, boolean])[] = [
    ['no NaN or infinity', !/"-?(nan|inf)"/i.test(JSON.stringify(rows))],
    ['a stat shows numbers only', type !== 'stat' || types.every(isNumber)],
    ['a variable has one column', type !== 'variable' || columns.size === 1],
    [
      'an annotation has time, text and tags',
      type !== 'annotation' || [...columns.keys()].join() === 'time,text,tags',
    ],
    ['the seeded data shows', !expectsRows || rows.length > 0],
    ...(format === FORMAT.timeSeries ? seriesChecks(columns, rows) : []),
  ];
  return checks.filter(([, holds]) => !holds).map(([what]) => what);
}

function seriesChecks(columns: Result['columns'], rows: Result['rows']): (readonly [string, boolean])[] {
  const types = [...columns.values()];
  const times = rows.map((row) => String(row['time']));
  const labels = [...columns].filter(([, type]) => type.includes('String')).map(([column]) => column);
  const points = rows.map((row) => JSON.stringify([row['time'], ...labels.map((label) => row[label])]));
  return [
    ['exactly one time column that cannot be null', types.filter(isTime).length === 1],
    ['at least one number', types.some(isNumber)],
    ['ascending by time', times.join() === times.toSorted().join()],
    ['one point per time and series', new Set(points).size === points.length],
  ];
}

describe.each(Object.entries(scenarios))('%s', (name, context) => {
  test.each(queries)('$type “$title”', async (query) => {
    const expectsRows = name === 'everything' && !['traces', 'annotation'].includes(query.type);
    expect(faultsOf(query, await run(query.sql, context), expectsRows)).toEqual([]);
  });
});

test('the trace panel shows one whole trace with the columns Grafana asks for', async () => {
  const trace = queries.find(({ format }) => format === FORMAT.traces);
  const [row] = await store.driver.query<{ trace_id: string }>(
    `SELECT trace_id FROM ${store.database}.spans LIMIT 1`,
  );
  const { rows } = await run(trace?.sql ?? '', {
    ...day,
    variables: { ...everything, trace: row?.trace_id ?? '' },
  });
  expect(rows).toHaveLength(3);
  expect(rows.filter(({ parentSpanID }) => parentSpanID === '')).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    traceID: row?.trace_id,
    serviceName: expect.any(String),
    operationName: 'answer',
    startTime: expect.anything(),
    duration: expect.any(Number),
    serviceTags: [{ key: 'service.name', value: 'shop' }],
    tags: [{ key: 'gen_ai.operation.name', value: 'chat' }],
  });
});

test('the pass rate counts judged runs only', async () => {
  const { rows } = await run(
    queries.find(({ title }) => title === 'Pass rate')?.sql ?? '',
    scenarios['everything'] ?? { ...day, variables: {} },
  );
  expect(rows).toEqual([{ pass_rate: 0.5 }]);
});

test('cost and tokens of a run count once, and what has no price is told', async () => {
  const answers = async (title: string): Promise<Result['rows']> =>
    (
      await run(
        queries.find((query) => query.title === title)?.sql ?? '',
        scenarios['everything'] ?? { ...day, variables: {} },
      )
    ).rows;
  const sum = (rows: Result['rows'], column: string): number =>
    rows.reduce((total, row) => total + Number(row[column]), 0);
  expect(await answers('Cost')).toEqual([{ usd: 0.9 }]);
  expect(await answers('Calls without a price')).toEqual([{ calls: '30' }]);
  for (const title of ['Cost by model', 'Cost by agent'])
    expect(sum(await answers(title), 'usd')).toBeCloseTo(0.9, 9);
  expect(sum(await answers('Tokens by model'), 'tokens')).toBe(120 * 120);
});
