import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from './store/open-store.ts';
import { post } from './testing/post.ts';

let directory: string;
let child: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tracelore-collector-'));
});
afterEach(() => {
  child?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** A collector process on the directory; resolves with its URL when it listens. */
async function startProcess(): Promise<{ process: ChildProcess; url: string }> {
  const started = spawn(
    process.execPath,
    [
      '--conditions=@tracelore/source',
      path.join(import.meta.dirname, 'testing', 'collector-process.ts'),
      directory,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  child = started;
  const [url] = (await once(createInterface(started.stdout), 'line')) as [string];
  return { process: started, url };
}

const SPANS_PER_REQUEST = 5;
const RUN_ID = 'e'.repeat(32);

/** Span ids `from`, `from` + 1, … in one request. */
function requestOf(from: number): { readonly ids: readonly string[]; readonly body: object } {
  const ids = Array.from({ length: SPANS_PER_REQUEST }, (_, index) =>
    (from + index + 1).toString(16).padStart(16, '0'),
  );
  const spans = ids.map((spanId) => ({
    traceId: RUN_ID,
    spanId,
    name: 'work',
    startTimeUnixNano: '1790000000000000000',
    endTimeUnixNano: '1790000000001000000',
    attributes: [{ key: 'input.value', value: { stringValue: `content of ${spanId} `.repeat(20) } }],
  }));
  return { ids, body: { resourceSpans: [{ scopeSpans: [{ scope: { name: 'load' }, spans }] }] } };
}

interface Load {
  readonly acknowledged: Set<string>;
  /** Requests without an answer: a sender would send them again. */
  readonly unanswered: { readonly ids: readonly string[]; readonly body: object }[];
  next: number;
}

/** Sends requests from several senders at once until the collector is gone; `answered` is told of every 200. */
async function sendUntilGone(url: string, load: Load, answered: (count: number) => void): Promise<void> {
  let count = 0;
  const sender = async (): Promise<void> => {
    for (;;) {
      const request = load.unanswered.shift() ?? requestOf(load.next);
      load.next = Math.max(load.next, Number.parseInt(request.ids.at(-1) ?? '0', 16));
      try {
        const { status } = await post(url, request.body);
        // A refusal of a busy collector is an answer: only who hears nothing is alone.
        if (status !== 200) {
          load.unanswered.push(request);
          continue;
        }
        for (const id of request.ids) load.acknowledged.add(id);
        count += 1;
        answered(count);
      } catch {
        load.unanswered.push(request);
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
}

/** Stored span ids of the run, and how many rows there are of each at most. */
async function storedIds(): Promise<{ ids: Set<string>; read: string[] }> {
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const rows = await store.driver.query<{ span_id: string }>(
    `SELECT DISTINCT span_id FROM ${store.database}.spans`,
  );
  const ids = new Set(rows.map((row) => row.span_id));
  const read = await store.readRun('default', RUN_ID, { limit: ids.size + 1_000 });
  await store.close();
  return { ids, read: read.map(({ spanId }) => spanId) };
}

/** The whole program is killed twenty times in `learner/src/cli/crash.e2e.test.ts`; here the raw rows are looked at too. */
const KILLS = 4;

test(`SIGKILL during ingest, ${KILLS} times: every span that was answered 200 is stored, and seen once`, async () => {
  const load: Load = { acknowledged: new Set(), unanswered: [], next: 0 };
  for (let round = 0; round < KILLS; round += 1) {
    const { process: running, url } = await startProcess();
    const gone = once(running, 'exit');
    // Between the first and the 25th answer, another moment each round.
    const killAt = 1 + ((round * 37) % 25);
    await sendUntilGone(url, load, (count) => {
      if (count === killAt) running.kill('SIGKILL');
    });
    await gone;
  }
  expect(load.acknowledged.size).toBeGreaterThan(KILLS * SPANS_PER_REQUEST);
  const { ids, read } = await storedIds();
  expect([...load.acknowledged].filter((id) => !ids.has(id))).toStrictEqual([]);
  expect(read.length).toBe(new Set(read).size);
});

test('SIGTERM during ingest: what was answered is stored, and nothing else', async () => {
  const load: Load = { acknowledged: new Set(), unanswered: [], next: 0 };
  const { process: running, url } = await startProcess();
  const gone = once(running, 'exit');
  await sendUntilGone(url, load, (count) => {
    if (count === 40) running.kill('SIGTERM');
  });
  expect(await gone).toStrictEqual([0, null]);
  const { ids } = await storedIds();
  expect([...ids].sort()).toStrictEqual([...load.acknowledged].sort());
});
