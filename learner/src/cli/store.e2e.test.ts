import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

const SPANS = 40;
const status = z.object({
  place: z.string(),
  tables: z.array(z.object({ name: z.string(), rows: z.number() })),
});

let directory: string;
let service: Service;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'store-'));
  service = await startService(directory, ['--data', 'data']);
  const response = await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: otlp(SPANS, 'a'),
  });
  if (!response.ok) throw new Error(`the spans were not taken: ${response.status}`);
});
afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

function otlp(spans: number, letter: string): string {
  const time = BigInt(Date.now()) * 1_000_000n;
  const list = Array.from({ length: spans }, (_, index) => ({
    traceId: letter.repeat(32),
    spanId: String(index + 1).padStart(16, '0'),
    ...(index > 0 && { parentSpanId: '0'.repeat(15) + 1 }),
    name: 'answer',
    startTimeUnixNano: String(time + BigInt(index)),
    endTimeUnixNano: String(time + 1_000_000n),
    attributes: [{ key: 'input.value', value: { stringValue: `question ${index}` } }],
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] });
}

function run(args: readonly string[], variables: Record<string, string> = {}): Promise<Ended> {
  return tracelore(['store', ...args], directory, variables);
}

async function good(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

async function rowsOf(table: string, args: readonly string[]): Promise<number | undefined> {
  const { tables } = status.parse(JSON.parse(await good(['status', '--json', ...args])));
  return tables.find(({ name }) => name === table)?.rows;
}

function file(name: string): string {
  return path.join(directory, name);
}

/** In an order that does not depend on parts. */
function linesOf(text: string): string[] {
  return text.trim().split('\n').toSorted();
}

test('while the service runs, everything goes through it; afterwards, on the directory; and a backup is a whole store', async () => {
  const api = ['--url', service.api];
  expect(await good(['status', ...api])).toMatch(/spans +40 .* \d{4}-\d\d-\d\d +\d{4}-\d\d-\d\d +10000/);
  const outside = await run(['status', '--data', 'data'], { TRACELORE_API_URL: 'http://127.0.0.1:9' });
  expect(outside.code).toBe(1);
  expect(outside.stderr).toMatch(/is in use by process \d+.*No service answers at http:\/\/127\.0\.0\.1:9/s);
  // The right directory and the service that has it.
  expect(await rowsOf('spans', ['--data', 'data', ...api])).toBe(SPANS);

  expect(await good(['optimize', ...api])).toMatch(/partitions merged/);
  expect(await good(['backup', 'live', ...api])).toContain(path.join('data', 'backups', 'live'));
  const again = await run(['backup', 'live', ...api]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('choose another name');

  await good(['export', 'spans', '--out', 'spans.jsonl', ...api]);
  await good(['export', 'spans', '--out', 'spans.parquet', ...api]);
  await good(['export', 'runs', '--out', 'runs.jsonl', ...api]);
  expect(readFileSync(file('spans.jsonl'), 'utf8').trim().split('\n')).toHaveLength(SPANS);
  expect(await good(['import', 'spans.jsonl', '--project', 'copy', ...api])).toBe(
    `Imported ${SPANS} rows.\n`,
  );
  expect(await good(['import', 'spans.parquet', '--project', 'copy', '--as', 'spans', ...api])).toBe(
    `Imported ${SPANS} rows.\n`,
  );
  expect(
    (await good(['export', 'spans', '--project', 'copy', ...api])).trim().split('\n').length,
  ).toBeGreaterThanOrEqual(SPANS);
  expect(JSON.parse(await good(['export', 'runs', '--project', 'copy', ...api]))).toMatchObject({
    spans: SPANS,
  });

  writeFileSync(file('sent.jsonl'), `${otlp(2, 'c')}\n`);
  expect(await good(['import', 'sent.jsonl', '--as', 'otlp', '--project', 'sent', ...api])).toBe(
    'Imported 2 rows.\n',
  );
  const bad = await run(['import', 'sent.jsonl', '--as', 'runs', ...api]);
  expect(bad.stderr).toMatch(/sent\.jsonl: after 0 rows, in portion 1 .* there is no column "resourceSpans"/);

  expect((await service.end('SIGTERM')).code).toBe(0);
  expect(await good(['restore', 'data/backups/live', '--data', 'restored'])).toMatch(
    /Restored \d+ rows in \d+ tables into .*restored; every part is as it was backed up/,
  );
  const refused = await run(['restore', 'data/backups/live', '--data', 'restored']);
  expect(refused.stderr).toContain('is not empty');
  expect(await rowsOf('spans', ['--data', 'restored'])).toBe(SPANS);

  // On the directory itself: the same commands.
  const here = ['--data', 'restored'];
  expect(linesOf(await good(['export', 'spans', ...here]))).toEqual(
    linesOf(readFileSync(file('spans.jsonl'), 'utf8')),
  );
  expect(await good(['import', 'spans.parquet', '--project', 'other', ...here])).toBe(
    `Imported ${SPANS} rows.\n`,
  );
  expect(await good(['import', 'spans.parquet', '--project', 'other', ...here])).toBe(
    `Imported ${SPANS} rows.\n`,
  );
  expect(await rowsOf('spans', here)).toBe(2 * SPANS);
  writeFileSync(file('otlp.jsonl'), `${otlp(3, 'b')}\n\n{"resourceMetrics":[]}\n`);
  const otlpImport = await run(['import', 'otlp.jsonl', ...here]);
  expect(otlpImport).toMatchObject({
    code: 2,
    stdout: expect.stringContaining('Imported 3 rows. 1 rejected'),
  });
  expect(await good(['backup', ...here])).toMatch(/restored\/backups\/\d{4}-\d\d-\d\dT/);

  // What was done by hand is written down beside what was done through the service.
  const after = await startService(directory, ['--data', 'restored']);
  const audit = await tracelore(['audit', '--json', '--url', after.api, '--project', 'other'], directory);
  await after.end('SIGTERM');
  expect(audit.stdout).toMatch(/"action": "store.import"/);
  expect(audit.stdout).toMatch(/offline\)/);
});

test.each([
  [['status', '--data', 'nothing'], 'There is no database in'],
  [['export', 'rules', '--data', 'data'], 'There is no table "rules" to export'],
  [['export', 'spans', '--out', 'no/folder/x.jsonl', '--data', 'data'], 'cannot be written'],
  [['export', 'spans', '--format', 'csv', '--data', 'data'], 'expected jsonl or parquet'],
  [['export', 'spans', '--from', 'once', '--data', 'data'], 'expected a time'],
  [['import', '--data', 'data'], 'Say what to import'],
  [['import', 'missing.jsonl', '--as', 'spans', '--data', 'data'], 'There is no file missing.jsonl'],
  [['import', 'strange.jsonl', '--data', 'data'], 'does not tell what it holds'],
  [
    ['import', '--otel-table', 'nowhere.otel_traces', '--data', 'data'],
    'there is no table nowhere.otel_traces',
  ],
  [['restore', 'nothing', '--data', 'new'], 'There is no backup nothing'],
])('%j says what is wrong', async (args, problem) => {
  const { code, stderr } = await run(args);
  expect(code).toBe(1);
  expect(stderr).toContain(problem);
  expect(stderr).not.toContain('    at ');
});
