import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { openStore } from './open-store.ts';
import { type ChildProgram, startProgram } from './testing/child-program.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'tracelore-store-e2e-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPEN = `
import { openStore } from './index.ts';
import { sampleSpan, sampleOutcome } from './testing/sample-records.ts';
const store = await openStore({ location: { kind: 'embedded', directory: process.env.STORE_DIRECTORY } });
`;

function start(program: string, directory: string, env: Record<string, string> = {}): ChildProgram {
  return startProgram(OPEN + program, new URL(import.meta.url), { STORE_DIRECTORY: directory, ...env });
}

test('a directory that another process has open is refused, naming directory and process; a crash frees it', async () => {
  const directory = path.join(folder, 'locked');
  const holder = start(`console.log('open'); setInterval(() => {}, 60_000);`, directory);
  expect(await holder.line()).toBe('open');
  const second = await start('', directory).ended;
  expect(second.exit).toBe(1);
  expect(second.stderr).toContain(`${directory}/chdb is in use by process ${holder.process.pid}`);
  expect(second.stderr).toContain(`code: 'locked'`);
  expect(second.stderr).not.toContain('Code: 76');
  holder.process.kill('SIGKILL');
  await holder.ended;
  const third = start(`console.log('open'); await store.close();`, directory);
  expect(await third.line()).toBe('open');
  expect(await third.ended).toMatchObject({ exit: 0, stderr: '' });
});

test('with too few threads the store says what to set, and long reads can still be stopped', async () => {
  const program = `
    const stop = new AbortController();
    const long = Array.from({ length: 8 }, () => store.driver
      .query('SELECT count() FROM numbers(100000000000)', { signal: stop.signal, timeoutMs: 600_000 })
      .catch((error) => error.code));
    await store.write({ spans: [sampleSpan()], logs: [], outcomes: [] }, 't');
    stop.abort();
    console.log((await Promise.all(long)).join());
    await store.close();`;
  const child = start(program, path.join(folder, 'threads'), { UV_THREADPOOL_SIZE: '4' });
  expect(await child.line()).toBe(Array.from({ length: 8 }, () => 'aborted').join());
  const { exit, stderr } = await child.ended;
  expect(exit).toBe(0);
  expect(stderr).toMatch(/TRACELORE_UV_THREADS.*shares 4 libuv threads.*UV_THREADPOOL_SIZE=16/);
});

test.each([
  ['process.exit', 'process.exit(7)', 7],
  ['an uncaught error', `throw new Error('boom')`, 1],
  [
    'a read under way',
    `const rows = store.driver.stream('SELECT number, count() OVER () FROM numbers(100000000000)', { timeoutMs: 600_000 });
     rows.next().catch(() => {});
     for (;;) {
       const [running] = await store.driver.query("SELECT count() AS n FROM system.processes WHERE query LIKE 'SELECT number,%'");
       if (running.n === '1') process.exit(7);
     }`,
    7,
  ],
  [
    'an insert under way',
    `void store.write({ spans: Array.from({ length: 20_000 }, (_, n) => sampleSpan({ runId: String(n) })), logs: [], outcomes: [] }, 't');
     setImmediate(() => process.exit(7));`,
    7,
  ],
] as const)('a process that exits without closing keeps its exit code: %s', async (_, program, exit) => {
  const child = start(program, path.join(folder, 'exit'));
  expect(await child.ended).toMatchObject({ exit });
});

test('a worker thread is refused before it can crash the process', async () => {
  const source = `
    import { openStore } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    import { parentPort } from 'node:worker_threads';
    openStore({ location: { kind: 'embedded', directory: ${JSON.stringify(path.join(folder, 'worker'))} } }).then(
      () => parentPort.postMessage('opened'), (error) => parentPort.postMessage(error.code + ': ' + error.message));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
    execArgv: ['--conditions=@tracelore/source'],
  });
  const answer = await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  expect(answer).toMatch(/^unsupported: .*worker threads/);
});

test('D12: times are the same whatever the zone of the host', async () => {
  const directory = path.join(folder, 'zone');
  const program = `
    await store.write({ spans: [sampleSpan({ events: [{ timeUnixNano: 5n, name: 'e', attributes: new Map() }] })], logs: [], outcomes: [] }, 't');
    await store.refresh([{ project: 'p', runId: 'a'.repeat(32) }], 1_793_620_900_000);
    const [span] = await store.readRun('p', 'a'.repeat(32));
    const [run] = await store.listRuns({ project: 'p', startedAfterMs: 1_793_620_800_000, startedBeforeMs: 1_793_620_800_001 });
    const [clock] = await store.driver.query("SELECT toString(toDateTime(1793620800)) AS t, toString(fromUnixTimestamp(0)) AS zero");
    console.log(JSON.stringify([span.startTime, span.events, run.startTime, clock]));
    await store.close();`;
  const lines: (string | undefined)[] = [];
  for (const zone of ['America/New_York', 'Asia/Kolkata']) {
    const child = start(program, directory, { TZ: zone });
    lines.push(await child.line());
    expect(await child.ended).toMatchObject({ exit: 0 });
  }
  expect(lines[0]).toContain('2026-11-02T12:00:00.000000000Z');
  expect(lines[0]).toContain('"zero":"1970-01-01 00:00:00"');
  expect(lines[1]).toBe(lines[0]);
});

/** Rounds of killing a writer; each is a different moment. */
const KILLS = 5;

test('kill -9 while inserting: every write that resolved is there, once, with its view rows', async () => {
  const directory = path.join(folder, 'killed');
  const program = `
    let n = Number(process.env.FIRST);
    const one = async () => {
      for (;;) {
        const batch = n++;
        const runId = String(batch).padStart(32, '0');
        const spans = [0, 1].map((day) => sampleSpan({ runId, traceId: runId, spanId: String(day).repeat(16),
          startUnixNano: 1_793_620_800_000_000_000n + BigInt(day) * 86_400_000_000_000n }));
        await store.write({ spans, logs: [], outcomes: [sampleOutcome({ runId, outcomeId: String(batch) })] }, 'batch-' + batch);
        console.log(batch);
      }
    };
    await Promise.all([one(), one()]);`;
  const answered: number[] = [];
  for (let round = 0; round < KILLS; round++) {
    const child = start(program, directory, { FIRST: String(round * 100_000) });
    const wanted = 8 + round * 2;
    for (let got = 0; got < wanted; got++) answered.push(Number(await child.line()));
    child.process.kill('SIGKILL');
    for (let line = await child.line(); line !== undefined; line = await child.line())
      answered.push(Number(line));
    await child.ended;
  }
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const stored = await store.driver.query<{ run: string; spans: string }>(
    'SELECT run_id AS run, count() AS spans FROM tracelore.spans GROUP BY run_id',
  );
  const outcomes = await store.driver.query<{ run: string }>('SELECT run_id AS run FROM tracelore.outcomes');
  const times = await store.driver.query<{ run: string }>(
    'SELECT id AS run FROM tracelore.id_times GROUP BY id',
  );
  await store.close();
  const complete = new Set(stored.filter((row) => row.spans === '2').map((row) => Number(row.run)));
  expect(answered.length).toBeGreaterThanOrEqual(KILLS * 8);
  expect(answered.filter((batch) => !complete.has(batch))).toEqual([]);
  expect(stored.filter((row) => Number(row.spans) > 2)).toEqual([]);
  const judged = new Set(outcomes.map((row) => Number(row.run)));
  expect(answered.filter((batch) => !judged.has(batch))).toEqual([]);
  const timed = new Set(times.map((row) => Number(row.run)));
  expect(answered.filter((batch) => !timed.has(batch))).toEqual([]);
});
