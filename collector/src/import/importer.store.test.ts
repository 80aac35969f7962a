import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportRows, PORTABLE_TABLES, type PortableTable } from '../store/operations/export-rows.ts';
import type { Store } from '../store/store.ts';
import { sampleLog, sampleModelCall, sampleOutcome, sampleSpan } from '../store/testing/sample-records.ts';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import { createImporter } from './importer.ts';

const NOW = Date.UTC(2026, 10, 20);
const DAY_NS = 86_400_000_000_000n;
/** Recognised by its shape. */
const SECRET = `ghp_${'a1B2'.repeat(9)}`;

let temporary: TemporaryStore;
let store: Store;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  store = temporary.store;
  const events = [
    { timeUnixNano: 1_793_620_800_123_456_789n, name: 'e "1"', attributes: new Map([['k', 'v\n']]) },
  ];
  const links = [
    { traceId: 'c'.repeat(32), spanId: 'd'.repeat(16), traceState: '', attributes: new Map([['l', '1']]) },
  ];
  await store.write(
    {
      spans: [
        sampleSpan({
          events,
          links,
          tags: ['a', 'b'],
          attributes: new Map([['ü', '\u0001"\\']]),
          durationNano: 2n ** 63n - 1n,
        }),
        sampleModelCall({
          inputTokens: 7,
          outputTokens: null,
          costNanoUsd: 123_456_789,
          costSource: 'reported',
        }),
        sampleSpan({ runId: 'b'.repeat(32), startUnixNano: sampleSpan().startUnixNano + 200n * DAY_NS }),
        sampleSpan({ project: 'other', input: 'not yours' }),
      ],
      logs: [sampleLog(), sampleLog({ project: 'other' })],
      outcomes: [sampleOutcome({ score: 0.25 }), sampleOutcome({ project: 'other' })],
    },
    'sample',
  );
  await store.refresh(
    ['a', 'b'].map((letter) => ({ project: 'p', runId: letter.repeat(32) })),
    NOW,
  );
});
afterAll(async () => await temporary.remove());

function importer(redaction: false | object = {}): ReturnType<typeof createImporter> {
  return createImporter({ store, redaction, now: () => NOW });
}

async function exported(project: string, table: PortableTable): Promise<string[]> {
  const bytes = exportRows(store, { project, table, format: 'jsonl' });
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks)
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

/** Rows of a project without its name, in an order that does not depend on parts. */
async function rows(
  project: string,
  table: PortableTable,
  except: readonly string[] = [],
): Promise<unknown[]> {
  const lines = await exported(project, table);
  return lines
    .map((line) => {
      const row: Record<string, unknown> = JSON.parse(line);
      for (const name of ['project', ...except]) delete row[name];
      return JSON.stringify(row);
    })
    .toSorted();
}

test('every table comes back as it was, in another project, and a second time nothing is added', async () => {
  for (const table of PORTABLE_TABLES) {
    const lines = await exported('p', table);
    expect(lines.length).toBeGreaterThan(0);
    for (let round = 0; round < 2; round++)
      expect(await importer().rows('copy', table, lines)).toEqual({
        rows: lines.length,
        rejected: 0,
        problem: '',
      });
    // Runs are computed again after their spans.
    const except = table === 'runs' ? ['revision', 'updated_at', 'seen_at'] : [];
    expect(await rows('copy', table, except)).toEqual(await rows('p', table, except));
  }
  expect(await store.findRun('copy', 'a'.repeat(32))).toMatchObject({ spans: 2, inputTokens: 7 });
});

test('an export holds one project only, and an import goes into the named one only, whatever the lines say', async () => {
  for (const table of PORTABLE_TABLES)
    for (const line of await exported('p', table)) expect(line).not.toMatch(/"other"|not yours/);
  const before = await rows('other', 'spans');
  const lines = await exported('other', 'spans');
  await importer().rows('mine', 'spans', lines);
  expect(await rows('other', 'spans')).toEqual(before);
  expect(await rows('mine', 'spans')).toEqual(before);
});

test('a range of time is from its first to before its last', async () => {
  const start = Number(sampleSpan().startUnixNano / 1_000_000n);
  const within = async (fromMs: number, toMs: number): Promise<number> => {
    const bytes = exportRows(store, { project: 'p', table: 'spans', format: 'jsonl', fromMs, toMs });
    return (await text(bytes)).split('\n').length - 1;
  };
  expect(await within(start, start + 1)).toBe(1);
  expect(await within(start - 1, start)).toBe(0);
  expect(await within(start, start + 3_000)).toBe(2);
});

test('a Parquet file holds the same rows', async () => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exportRows(store, { project: 'p', table: 'spans', format: 'parquet' }))
    chunks.push(chunk);
  const file = path.join(temporary.directory, 'spans.parquet');
  writeFileSync(file, Buffer.concat(chunks));
  expect(readFileSync(file).subarray(0, 4).toString()).toBe('PAR1');
  const read = await store.driver.query<object>('SELECT * FROM file({file: String}, Parquet)', {
    parameters: { file },
  });
  const lines = read.map((row) => JSON.stringify(row));
  await importer().rows('parquet', 'spans', lines);
  expect(await rows('parquet', 'spans')).toEqual(await rows('p', 'spans'));
});

test('secrets are redacted on the way in, unless redaction is off', async () => {
  const lines = await exported('p', 'spans');
  const withSecrets = lines.map((line) =>
    JSON.stringify({
      ...JSON.parse(line),
      input: `key ${SECRET}`,
      attribute_values: { password: 'hunter2hunter2', [SECRET]: '5' },
      attribute_types: { [SECRET]: 'int' },
    }),
  );
  await importer().rows('clean', 'spans', withSecrets);
  expect(JSON.stringify(await rows('clean', 'spans'))).not.toMatch(/ghp_|hunter2/);
  await importer(false).rows('raw', 'spans', withSecrets);
  expect(JSON.stringify(await rows('raw', 'spans'))).toContain(SECRET);
});

test.each([
  ['{"trace_id": 5}', 'column trace_id: expected a string, got 5'],
  ['{"input_tokens": "many"}', 'column input_tokens: expected an integer'],
  ['{"start_time": "yesterday"}', 'column start_time: expected a time such as'],
  ['{"colour": "red"}', 'there is no column "colour"'],
  ['[]', 'expected an object with columns'],
  ['{"a', 'line 1 of the portion is not JSON'],
])('a line that is no row is refused and nothing of its portion is stored: %s', async (line, problem) => {
  const [good = ''] = await exported('p', 'spans');
  const lines = line === '{"a' ? [line] : [good, line];
  await expect(importer().rows('bad', 'spans', lines)).rejects.toThrow(problem);
  expect(await rows('bad', 'spans')).toEqual([]);
});

test('exports of an earlier version, with fewer columns, are taken', async () => {
  const [line = ''] = await exported('p', 'spans');
  const { cost: _, cost_source: __, events: ___, ...fewer } = JSON.parse(line);
  await importer().rows('earlier', 'spans', [JSON.stringify(fewer)]);
  expect(await rows('earlier', 'spans', ['cost', 'cost_source'])).toHaveLength(1);
});

function otlpLine(name: string, secret = ''): string {
  const attributes = [
    { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '12' } },
    { key: 'input.value', value: { stringValue: `hello ${secret}` } },
  ];
  const time = String(sampleSpan().startUnixNano);
  const span = {
    traceId: 'e'.repeat(32),
    spanId: 'f'.repeat(16),
    name,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
  };
  const resource = { attributes: [{ key: 'tracelore.project', value: { stringValue: 'other' } }] };
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ spans: [span, { ...span, traceId: 'short' }] }] }],
  });
}

test('lines of OTLP go through the same decoder, redaction and normalising, into the named project', async () => {
  const log = JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'a line' } }] }] }],
  });
  const lines = [otlpLine('first', SECRET), log, '{"resourceMetrics":[]}'];
  for (let round = 0; round < 2; round++)
    expect(await importer().otlp('otlp', lines)).toEqual({
      rows: 2,
      rejected: 2,
      problem: expect.stringContaining('spans[1].traceId'),
    });
  const spans = await exported('otlp', 'spans');
  expect(spans).toHaveLength(1);
  expect(JSON.parse(spans[0] ?? '')).toMatchObject({ name: 'first', kind: 'llm', input_tokens: 12 });
  expect(spans[0]).not.toContain('ghp_');
  expect(await exported('otlp', 'logs')).toHaveLength(1);
  expect(await store.findRun('otlp', 'e'.repeat(32))).toMatchObject({ spans: 1, inputTokens: 12 });
  await expect(importer().otlp('otlp', ['not json'])).rejects.toMatchObject({
    name: 'Refusal',
    code: 'undecodable',
  });
});
