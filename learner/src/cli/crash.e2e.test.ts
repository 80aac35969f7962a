import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startService } from './child.testing.ts';

/** Each round kills another process at another moment of its ingest, on one data directory. */
const ROUNDS = 20;
const SENDERS = 6;
const SPANS_PER_REQUEST = 5;
/** The kill comes with an answer between the first and this one. */
const ANSWERS_BEFORE_KILL_MAX = 25;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'crash-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface ExportRequest {
  readonly run: string;
  readonly spanIds: readonly string[];
  readonly body: string;
}

/** What one sender knows of all rounds. */
interface Sent {
  /** Run → its spans that were answered 200. */
  readonly answered: Map<string, Set<string>>;
  /** Requests without an answer are sent again, as an exporter does. */
  readonly unanswered: ExportRequest[];
  spans: number;
}

function newRequest(run: string, sent: Sent): ExportRequest {
  const first = sent.spans + 1;
  sent.spans += SPANS_PER_REQUEST;
  const spanIds = Array.from({ length: SPANS_PER_REQUEST }, (_, index) =>
    (first + index).toString(16).padStart(16, '0'),
  );
  const now = BigInt(Date.now()) * 1_000_000n;
  const spans = spanIds.map((spanId) => ({
    traceId: run,
    spanId,
    name: 'step',
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000_000n),
    attributes: [{ key: 'input.value', value: { stringValue: `what step ${spanId} was given `.repeat(20) } }],
  }));
  return { run, spanIds, body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: {}, spans }] }] }) };
}

/** Sends from several senders at once until nobody answers; `onAnswer` is told of every 200. */
async function sendUntilGone(
  otlp: string,
  run: string,
  sent: Sent,
  onAnswer: (count: number) => void,
): Promise<void> {
  let count = 0;
  const sender = async (): Promise<void> => {
    for (;;) {
      const request = sent.unanswered.shift() ?? newRequest(run, sent);
      const headers = { 'content-type': 'application/json' };
      const status = await fetch(`${otlp}/v1/traces`, { method: 'POST', headers, body: request.body }).then(
        (response) => response.status,
        () => 0,
      );
      if (status !== 200) {
        sent.unanswered.push(request);
        // A refusal of a busy service is an answer: only who hears nothing is alone.
        if (status === 0) return;
        continue;
      }
      const answered = sent.answered.get(request.run) ?? new Set();
      sent.answered.set(request.run, answered);
      for (const spanId of request.spanIds) answered.add(spanId);
      count += 1;
      onAnswer(count);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

const shown = z.object({
  run: z.object({ spans: z.number() }),
  spans: z.array(z.object({ spanId: z.string() })),
});

/** What the service shows of a run: its span ids, and how many it counts. */
async function read(api: string, run: string): Promise<{ readonly ids: string[]; readonly counted: number }> {
  const response = await fetch(`${api}/v1/traces/${run}`);
  const { run: found, spans } = shown.parse(await response.json());
  return { ids: spans.map(({ spanId }) => spanId), counted: found.spans };
}

/** Spans of a run that were answered 200 and are not there. */
async function missing(api: string, sent: Sent, run: string): Promise<string[]> {
  const answered = sent.answered.get(run);
  if (answered === undefined) return [];
  const there = new Set((await read(api, run)).ids);
  return [...answered].filter((id) => !there.has(id));
}

test(`kill -9 during ingest, ${ROUNDS} times: what was answered 200 is there after the restart, and once`, async () => {
  const sent: Sent = { answered: new Map(), unanswered: [], spans: 0 };
  let lastRun = '';
  for (let round = 0; round < ROUNDS; round += 1) {
    const service = await startService(directory);
    expect(await missing(service.api, sent, lastRun)).toEqual([]);
    lastRun = (round + 1).toString(16).padStart(32, 'c');
    const killAt = 1 + ((round * 37) % ANSWERS_BEFORE_KILL_MAX);
    let ended: Promise<{ readonly code: number | null }> | undefined;
    await sendUntilGone(service.otlp, lastRun, sent, (count) => {
      if (count === killAt) ended = service.end('SIGKILL');
    });
    expect((await ended)?.code).toBeNull();
  }

  const service = await startService(directory);
  // A round that is killed early has answered only what was left over from the one before.
  expect(sent.answered.size).toBeGreaterThan(ROUNDS / 2);
  for (const run of sent.answered.keys()) {
    expect(await missing(service.api, sent, run)).toEqual([]);
    const { ids, counted } = await read(service.api, run);
    expect(ids).toHaveLength(new Set(ids).size);
    expect(counted).toBe(ids.length);
  }
  expect((await service.end('SIGTERM')).code).toBe(0);
});
