import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ClickHouseError, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChdbConnection } from './connection.ts';
import { openEngine } from './engine.ts';

// The connection behind the official client, without our driver in front.
const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-connection-'));
const engine = openEngine(directory);
const client = createClient({ connection: new ChdbConnection(engine) });

beforeAll(async () => {
  await client.command({ query: 'CREATE DATABASE connection_test ENGINE = Atomic' });
  await client.command({
    query: 'CREATE TABLE connection_test.victim (a String, b String) ENGINE = MergeTree ORDER BY a',
  });
});
afterAll(async () => {
  await engine.close(10_000);
  rmSync(directory, { recursive: true, force: true });
});

async function rows(query: string): Promise<unknown[]> {
  return await (await client.query({ query, format: 'JSONEachRow' })).json();
}

test.each([
  '\n\nDROP TABLE connection_test.victim\n',
  '\r\n\r\nDROP TABLE connection_test.victim\n',
  ';\nSELECT 1',
])('D1: a stream of bytes is data to its end: %j', async (tail) => {
  const csv = `"x","1"${tail}`;
  const inserted = client.exec({
    query: 'INSERT INTO connection_test.victim (a, b) FORMAT CSV',
    values: Readable.from([Buffer.from(csv)]),
  });
  await Promise.allSettled([inserted]); // an error or rows, the engine decides; never SQL
  await client.insert({
    table: 'connection_test.victim',
    values: [{ a: 'json', b: tail }],
    format: 'JSONEachRow',
  });
  expect(await rows(`SELECT b FROM connection_test.victim WHERE a = 'json'`)).toContainEqual({ b: tail });
  expect(readdirSync(engine.inserts)).toEqual([]);
});

test.each([
  'INSERT INTO connection_test.victim VALUES (1, 2)',
  'INSERT INTO connection_test.victim (a, b) FORMAT CSV\n"x","y"\n\nDROP TABLE connection_test.victim',
  'insert into table connection_test.victim format JSONEachRow {"a":"x"}',
])('D1: rows inside an SQL text are refused: %s', async (query) => {
  await expect(client.command({ query })).rejects.toMatchObject({
    code: expect.stringMatching(/^(62|164)$/),
  });
  expect(await rows(`EXISTS connection_test.victim`)).toEqual([{ result: 1 }]);
});

test('D3: settings given to the client hold for that query alone', async () => {
  const query = `SELECT toString(getSetting('max_block_size')) AS size, getSetting('max_execution_time') AS time`;
  const settings = { max_block_size: '77', max_execution_time: 13, wait_end_of_query: 1 } as const;
  const result = await client.query({ query, clickhouse_settings: settings, format: 'JSONEachRow' });
  expect(await result.json()).toEqual([{ size: '77', time: 13 }]);
  const next = await Promise.all(Array.from({ length: 8 }, () => rows(query)));
  for (const [row] of next) expect(row).not.toMatchObject({ size: '77' });
  for (const [row] of next) expect(row).toMatchObject({ time: 0 });
});

test.each([
  'SET max_threads = 1',
  'USE connection_test',
  'SYSTEM STOP MERGES connection_test.victim',
  'SYSTEM DROP MARK CACHE',
  'KILL QUERY WHERE 1 ASYNC',
])('D3: statements about the session or the system are refused: %s', async (query) => {
  await expect(client.command({ query })).rejects.toMatchObject({ code: '164', type: 'READONLY' });
  await expect(client.exec({ query })).rejects.toMatchObject({ code: '164' });
});

test('D5: text cut inside a character arrives whole', async () => {
  const bytes = Buffer.from('"emoji","👋🏽"\n');
  const chunks = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
  await client.exec({
    query: 'INSERT INTO connection_test.victim (a, b) FORMAT CSV',
    values: Readable.from(chunks, { objectMode: false }),
  });
  expect(await rows(`SELECT b FROM connection_test.victim WHERE a = 'emoji'`)).toEqual([{ b: '👋🏽' }]);
});

test('D9: a query runs under its id, and what an engine in process cannot do is refused with a reason', async () => {
  const result = await client.query({
    query: `SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = 'my-id'`,
    query_id: 'my-id',
    format: 'JSONEachRow',
  });
  expect(result.query_id).toBe('my-id');
  expect(await result.json()).toEqual([{ n: 1 }]);
  await expect(client.command({ query: 'SELECT 1', session_id: 's', role: 'r' })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('session_id, role'),
  });
});

test('D10: an insert tells how many rows it wrote', async () => {
  const result = await client.insert({
    table: 'connection_test.victim',
    values: [
      { a: 's', b: '1' },
      { a: 's', b: '2' },
    ],
    format: 'JSONEachRow',
  });
  expect(result.summary).toMatchObject({ written_rows: '2' });
});

test('D11: errors are those of the client the caller imports', async () => {
  const error: unknown = await client.query({ query: 'SELECT nothing' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ClickHouseError);
  expect(error).toMatchObject({ code: '47', type: 'UNKNOWN_IDENTIFIER' });
});

test('D12: an insert of an empty stream writes nothing', async () => {
  const result = await client.exec({
    query: 'INSERT INTO connection_test.victim (a, b) FORMAT CSV',
    values: Readable.from([]),
  });
  expect(result.summary).toMatchObject({ written_rows: '0' });
  expect(await text(result.stream)).toBe('');
});

test('INSERT … SELECT and mutations run with their settings', async () => {
  await client.command({
    query: `INSERT INTO connection_test.victim (a, b) SELECT 'copy', {v: String}`,
    query_params: { v: 'it' },
    clickhouse_settings: { max_threads: 1 },
  });
  await client.command({
    query: `ALTER TABLE connection_test.victim DELETE WHERE a = 'copy' AND b != 'it'`,
    clickhouse_settings: { mutations_sync: '1' },
  });
  expect(await rows(`SELECT b FROM connection_test.victim WHERE a = 'copy'`)).toEqual([{ b: 'it' }]);
  expect(await client.ping()).toEqual({ success: true });
});

test('the kind of a statement is looked up once; one that was refused is refused again, other values are other answers', async () => {
  const query = 'SELECT {value: String} AS value';
  for (const value of ['one', 'two']) {
    const answer = await client.query({ query, query_params: { value }, format: 'JSONEachRow' });
    expect(await answer.json()).toEqual([{ value }]);
  }
  for (const _ of ['first', 'again']) {
    await expect(client.command({ query: 'SET max_threads = 1' })).rejects.toMatchObject({ code: '164' });
    await expect(client.command({ query: 'SELECT 1; SELECT 2' })).rejects.toMatchObject({ code: '62' });
  }
});
