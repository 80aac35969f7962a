import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChdbConnection } from './chdb/connection.ts';
import { openEngine } from './chdb/engine.ts';
import { clientDriver } from './client-driver.ts';
import type { SqlDriver } from './driver.ts';
import { erase } from './erasure.ts';
import { loadMigrations, migrate } from './migrations.ts';
import { exportRows } from './operations/export-rows.ts';
import { importRows } from './operations/import-rows.ts';
import { optimizeStore } from './operations/optimize.ts';
import { readStoreStatus } from './operations/store-status.ts';
import { prepareBatches } from './prepare-batches.ts';
import { expire } from './retention.ts';
import { RecentRuns } from './recent-runs.ts';
import { runWriter } from './run-writer.ts';
import {
  sampleLog,
  sampleModelCall,
  sampleOutcome,
  sampleSpan,
  SAMPLE_START_MS,
} from './testing/sample-records.ts';
import { traceReader } from './trace-reader.ts';
import { writePrepared } from './write-batch.ts';

// A cluster of one shard and one replica in the engine of this process. What needs Keeper is taken out of the statements:
// ON CLUSTER, and replication. The rest is as on a cluster: local tables under Distributed ones, views, settings, queries.
const CLUSTER = `<clickhouse>
  <tcp_port>9000</tcp_port>
  <remote_servers><c><shard><replica><host>localhost</host><port>9000</port></replica></shard></c></remote_servers>
</clickhouse>`;

function withoutKeeper(sql: string): string {
  return sql
    .replace(/ ON CLUSTER 'c'/, '')
    .replace(/Replicated(\w*MergeTree)\('[^']*', '[^']*'(?:, )?/, '$1(')
    .replaceAll(/\breplicated_deduplication_window/g, 'non_replicated_deduplication_window');
}

const database = 'tracelore';
let directory: string;
let driver: SqlDriver;
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tracelore-cluster-'));
  // The engine reads what stands beside its settings, too.
  mkdirSync(path.join(directory, 'engine.d'));
  writeFileSync(path.join(directory, 'engine.d', 'cluster.xml'), CLUSTER);
  const engine = openEngine(directory);
  const client = createClient({ connection: new ChdbConnection(engine) });
  const whole = clientDriver(client, { database, cluster: 'c' }, (deadlineMs) => engine.close(deadlineMs));
  driver = { ...whole, command: async (sql, options) => await whole.command(withoutKeeper(sql), options) };
  await driver.command(`CREATE DATABASE ${database} ENGINE = Atomic`);
  await migrateAll();
});
afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

async function migrateAll(): Promise<void> {
  for (const [name, folder] of [
    ['collector', 'schema/'],
    ['learner', '../../../learner/src/store/schema/'],
  ] as const)
    await migrate(driver, {
      database,
      package: name,
      migrations: loadMigrations(new URL(folder, import.meta.url)),
    });
}

async function write(
  batch: Parameters<typeof prepareBatches>[0] extends Iterable<infer B> ? B : never,
  token: string,
): Promise<void> {
  await writePrepared(driver, [prepareBatches([batch])], token, new RecentRuns());
}

async function count(table: string): Promise<number> {
  const [row] = await driver.query<{ n: string }>(`SELECT count() AS n FROM ${database}.${table}`);
  return Number(row?.n);
}

const RUN = 'a'.repeat(32);

test('the schema is made as a cluster has it, and making it again changes nothing', async () => {
  await migrateAll();
  const engines = await driver.query<{ name: string; engine: string }>(
    `SELECT name, engine FROM system.tables WHERE database = {database: String} AND NOT endsWith(engine, 'View')`,
    { parameters: { database } },
  );
  const over = engines.filter(({ name }) => !name.endsWith('_local'));
  expect(over.length).toBeGreaterThan(15);
  expect(over.filter(({ engine }) => engine !== 'Distributed')).toEqual([]);
  expect(engines).toHaveLength(2 * over.length);
});

test('what is written through the tables over all shards is found by every reader, once however often it is sent', async () => {
  const batch = {
    spans: [sampleSpan(), sampleModelCall({ inputTokens: 7 })],
    logs: [sampleLog()],
    outcomes: [sampleOutcome()],
  };
  await write(batch, 'token');
  await write(batch, 'token');
  expect([
    await count('spans'),
    await count('spans_local'),
    await count('logs'),
    await count('id_times'),
  ]).toEqual([2, 2, 1, 1]);
  await write(batch, 'another token');
  const runs = {
    ...traceReader(driver, database),
    ...runWriter({ driver, database, recent: new RecentRuns() }),
  };
  await runs.refresh([{ project: 'p', runId: RUN }], SAMPLE_START_MS);
  await runs.refresh([{ project: 'p', runId: RUN }], SAMPLE_START_MS + 1);
  const [run, ...others] = await runs.listRuns({ project: 'p', outcome: 'passed', unanalysed: true });
  expect(run).toMatchObject({ runId: RUN, spans: 2, inputTokens: 7, outcome: { passed: true } });
  expect(others).toEqual([]);
  expect(await runs.findRun('p', RUN.slice(0, 8))).toMatchObject({ runId: RUN });
  expect(await runs.countRuns('p')).toMatchObject({ total: 1, passed: 1, unanalysed: 1 });
  expect(await runs.stale(10)).toEqual([]);
  const [seen] = await driver.query(
    `SELECT uniqExact(SpanId) AS spans FROM ${database}.otel_traces WHERE TraceId = {run: String}`,
    { parameters: { run: RUN } },
  );
  expect(seen).toEqual({ spans: '2' });
});

test('status, merging, export and import see the tables of the shards', async () => {
  const location = { kind: 'server', url: 'http://localhost:8123', cluster: 'c' } as const;
  const { tables, warnings } = await readStoreStatus({ driver, database, location });
  expect(tables.find(({ name }) => name === 'spans_local')).toMatchObject({
    rows: 4,
    oldestDay: '2026-11-02',
  });
  expect(warnings.filter((warning) => warning.includes('window'))).toEqual([]);
  for await (const { table } of optimizeStore({ driver, database })) expect(table).toMatch(/_local$/);
  let text = '';
  for await (const chunk of exportRows(
    { driver, database },
    { project: 'p', table: 'spans', format: 'jsonl' },
  ))
    text += Buffer.from(chunk).toString();
  const lines = text.trim().split('\n');
  const runs = runWriter({ driver, database, recent: new RecentRuns() });
  const refresh: typeof runs.refresh = (keys, now) => runs.refresh(keys, now);
  for (let round = 0; round < 2; round++)
    await importRows(
      { driver, refresh },
      { project: 'copy', table: 'spans', lines, redactor: undefined, nowMs: SAMPLE_START_MS },
    );
  expect(await count('spans')).toBe(8);
  expect(await traceReader(driver, database).findRun('copy', RUN)).toMatchObject({ spans: 2 });
});

test('deletions reach the tables of the shards', async () => {
  const runs = runWriter({ driver, database, recent: new RecentRuns() });
  const refresh: typeof runs.refresh = (keys, now) => runs.refresh(keys, now);
  const erased = await erase(
    { driver, database, refresh },
    'copy',
    { kind: 'trace', id: RUN },
    SAMPLE_START_MS,
  );
  expect(erased).toMatchObject({ runIds: [RUN], spans: 4 });
  expect(await count('spans')).toBe(4);
  const later = SAMPLE_START_MS + 40 * 86_400_000;
  expect((await expire(driver, database, { days: 30 }, later)).days).toBeGreaterThan(2);
  expect([await count('spans'), await count('logs'), await count('runs')]).toEqual([0, 0, 0]);
});

test('a database made for a cluster is not used without naming it', async () => {
  const alone: SqlDriver = { ...driver, cluster: undefined };
  const migrations = loadMigrations(new URL('schema/', import.meta.url));
  await expect(migrate(alone, { database, package: 'collector', migrations })).rejects.toThrow(
    'was made for a cluster',
  );
});
