import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startService, type Service } from '../cli/child.testing.ts';

const CALLS = 1_000;
/** Questions on their way at once. */
const PARALLEL = 20;
const TOPICS = ['invoice totals', 'warehouse stock', 'tax rates', 'bicycle rentals', 'library loans'];
const CORE = /^<tracelore-core [0-9a-f]{8}>\n[^]*\n<\/tracelore-core [0-9a-f]{8}>/;

let directory: string;
let service: Service;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'core-block-'));
  service = await startService(directory);
  for (const [index, topic] of TOPICS.entries()) {
    const rule = {
      actor: 'ann',
      content: `Round ${topic} to ${index + 1} digits.`,
      appliesWhen: `the question is about ${topic}`,
    };
    const { id } = await post('/v1/knowledge', rule, z.object({ rule: z.object({ id: z.string() }) })).then(
      (made) => made.rule,
    );
    await post(`/v1/knowledge/${id}/approve`, { actor: 'ann' }, z.unknown());
    if (index < 3) await post(`/v1/knowledge/${id}/pin`, { actor: 'ann' }, z.unknown());
  }
});

afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

async function post<T>(route: string, body: object, shape: z.ZodType<T>): Promise<T> {
  const response = await fetch(`${service.api}${route}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${route}: ${response.status}`).toBe(true);
  return shape.parse(await response.json());
}

const answer = z.object({ text: z.string(), snapshot: z.number(), arm: z.string() });

/** What the answers to many tasks of many conversations and agents begin with; those of the global hold-out are empty. */
async function coreBlocks(): Promise<{ readonly blocks: Set<string>; readonly snapshots: Set<number> }> {
  const [blocks, snapshots] = [new Set<string>(), new Set<number>()];
  for (let from = 0; from < CALLS; from += PARALLEL) {
    const asked = Array.from({ length: PARALLEL }, (_, index) => {
      const call = from + index;
      const topic = TOPICS[call % TOPICS.length] ?? '';
      const task = `Question ${call}: what are the ${topic} of shop ${call * 7}?`;
      return post('/v1/knowledge/get', { task, unit: `unit ${call}`, agent: `agent ${call % 7}` }, answer);
    });
    for (const { text, snapshot, arm } of await Promise.all(asked)) {
      if (arm !== 'holdout') blocks.add(CORE.exec(text)?.[0] ?? `no core block: ${text}`);
      snapshots.add(snapshot);
    }
  }
  return { blocks, snapshots };
}

test('the core block is the same bytes in a thousand answers, and in those of another process after a restart', async () => {
  const before = await coreBlocks();
  expect(before.blocks.size).toBe(1);
  expect(before.snapshots.size).toBe(1);
  const [block = ''] = before.blocks;
  expect(block.split('\n')).toHaveLength(6);

  const { pid } = service;
  expect((await service.end('SIGTERM')).code).toBe(0);
  service = await startService(directory);
  expect(service.pid).not.toBe(pid);
  expect(await coreBlocks()).toEqual(before);
});
