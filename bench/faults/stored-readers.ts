import { readFileSync } from 'node:fs';
import { GRAFANA_FOLDER } from '@tracelore/dashboards';
import { openStore, type Store } from '@tracelore/collector/store';
import { expandMacros } from '../../dashboards/src/grafana/macros.ts';
import { add, countsOf, type Reading } from './live-readers.ts';

/**
 * Reads a directory that no service has open, in a process of its own (an engine belongs to one directory): the view for
 * readers of the OpenTelemetry Collector's tables, every dashboard, and the raw rows. Sends the readings and ends.
 */
const [directory = '', answeredFile = ''] = process.argv.slice(2);
const answered: Readonly<Record<string, readonly string[]>> = JSON.parse(readFileSync(answeredFile, 'utf8'));
const expected = Object.entries(answered).flatMap(([traceId, spanIds]) =>
  spanIds.map((id) => `${traceId} ${id}`),
);
/** Traces that are opened in the trace panel one by one. */
const TRACES_SHOWN_MAX = 20;
const YEAR_MS = 366 * 86_400_000;
const ALL = {
  project: '$__all',
  agent: '$__all',
  service: '$__all',
  environment: '$__all',
  outcome: '$__all',
};

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly targets?: readonly { readonly rawSql: string }[];
}

async function ids(store: Store, sql: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of store.driver.stream<{ id: string }>(sql, {
    rowsMax: 10_000_000,
    timeoutMs: 300_000,
  }))
    found.push(id);
  return found;
}

function panels(): Panel[] {
  return ['overview', 'runs-and-traces'].flatMap((name) => {
    const dashboard: { panels: Panel[] } = JSON.parse(
      readFileSync(new URL(`${name}.json`, GRAFANA_FOLDER), 'utf8'),
    );
    return dashboard.panels;
  });
}

/** As Grafana would run it, over all time. */
async function show(store: Store, { targets = [] }: Panel, trace = ''): Promise<Record<string, unknown>[]> {
  const sql = expandMacros(targets[0]?.rawSql ?? '', {
    from: Date.now() - 40 * YEAR_MS,
    to: Date.now() + YEAR_MS,
    intervalMs: YEAR_MS / 12,
    variables: { ...ALL, search: '', trace },
  });
  const qualified = sql.replaceAll(/\bFROM\s+(runs|spans|id_times)\b/g, `FROM ${store.database}.$1`);
  return await store.driver.query(qualified);
}

async function readDashboards(store: Store): Promise<Reading[]> {
  const all = panels();
  const [counted] = await store.driver.query<{ runs: string }>(
    `SELECT uniqExact(run_id) AS runs FROM ${store.database}.spans`,
  );
  const runs = Number(counted?.runs ?? 0);
  const overview = { missing: 0, duplicates: 0 };
  const tables = { missing: 0, duplicates: 0 };
  const traces = { missing: 0, duplicates: 0 };
  for (const panel of all) {
    if (panel.type === 'traces') {
      for (const [traceId, spanIds] of Object.entries(answered).slice(0, TRACES_SHOWN_MAX)) {
        const rows = await show(store, panel, traceId);
        add(
          traces,
          countsOf(
            [...spanIds],
            rows.map((row) => String(row['spanID'])),
          ),
        );
      }
      continue;
    }
    const rows = await show(store, panel);
    if (panel.type === 'table')
      add(
        tables,
        countsOf(
          [],
          rows.map((row) => String(row['run_id'])),
        ),
      );
    if (panel.title === 'Runs' && panel.type === 'stat') {
      const shown = Number(rows[0]?.['runs']);
      add(overview, { missing: Math.max(0, runs - shown), duplicates: Math.max(0, shown - runs) });
    }
  }
  return [
    { reader: 'dashboard overview', ...overview },
    { reader: 'dashboard tables', ...tables },
    { reader: 'dashboard trace', ...traces },
  ];
}

const store = await openStore({ location: { kind: 'embedded', directory } });
// What a killed process left behind, as the service would do at its start.
await store.refresh(await store.stale(100_000), Date.now());
const view = await ids(store, `SELECT concat(TraceId, ' ', SpanId) AS id FROM ${store.database}.otel_traces`);
const raw = await ids(store, `SELECT concat(trace_id, ' ', span_id) AS id FROM ${store.database}.spans`);
const readings: Reading[] = [
  { reader: 'otel_traces', ...countsOf(expected, view) },
  ...(await readDashboards(store)),
];
process.send?.({ readings, rawDuplicates: raw.length - new Set(raw).size, stored: new Set(raw).size });
await store.close();
process.disconnect();
