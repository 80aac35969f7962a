import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { openStore, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveConfig } from './config.ts';
import { createLearner, type Learner } from './learner.ts';

/** Knows two topics, told apart by words that no rule and question below share. */
const TOPICS: Readonly<Record<string, readonly number[]>> = {
  invoice: [1, 0],
  bill: [1, 0],
  holiday: [0, 1],
  vacation: [0, 1],
};

let down = false;
let asked: string[] = [];
let model: Server;
let directory: string;
let store: Store;
let learner: Learner;

beforeAll(async () => {
  model = createServer((request, response) => {
    void json(request).then((body) => {
      const { input } = body as { input: string[] };
      asked.push(...input);
      response.writeHead(down ? 503 : 200, { 'content-type': 'application/json' });
      const vectorOf = (text: string): readonly number[] =>
        Object.entries(TOPICS).find(([word]) => text.toLowerCase().includes(word))?.[1] ?? [0.7, 0.7];
      const data = input.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
      return response.end(JSON.stringify({ object: 'list', model: 'topics', data, usage: {} }));
    });
  });
  await new Promise<void>((resolve) => {
    model.listen(0, '127.0.0.1', resolve);
  });
  directory = await mkdtemp(path.join(tmpdir(), 'learner-embedding-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  learner = await createLearner({
    store,
    config: resolveConfig({
      arguments: {
        port: 0,
        otlpPort: 0,
        holdoutGlobal: 0,
        holdoutRule: 0,
        embeddingModel: 'topics',
        embeddingDimensions: 2,
        openaiBaseUrl: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
      },
    }),
  });
});

afterAll(async () => {
  await learner.shutdown();
  await store.close();
  model.closeAllConnections();
  model.close();
  await rm(directory, { recursive: true });
});

async function post(route: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await learner.app.request(route, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  return (await response.json()) as Record<string, unknown>;
}

async function add(content: string, appliesWhen: string): Promise<string> {
  const { rule } = (await post('/v1/knowledge', { content, appliesWhen, actor: 'ann' })) as {
    rule: { id: string };
  };
  await post(`/v1/knowledge/${rule.id}/approve`, { actor: 'ann' });
  return rule.id;
}

test('the configured model finds rules that share no word with the task, and only on its topic', async () => {
  const money = await add('Amounts are in cents.', 'an invoice is summed up');
  await add('Weekends do not count.', 'holiday lengths are computed');
  const answer = await post('/v1/knowledge/get', { task: 'Add up each bill of May' });
  expect(asked).toContain('Add up each bill of May');
  expect(answer).toMatchObject({ arm: 'served' });
  const items = answer['items'] as readonly { id: string }[];
  expect(items[0]?.id).toBe(money);
});

test('a model that fails costs the meaning, not the answer: words still find the rule', async () => {
  down = true;
  asked = [];
  const answer = await post('/v1/knowledge/get', { task: 'How long is the next holiday computed to be?' });
  expect(asked).not.toEqual([]);
  expect(answer['text']).toContain('Weekends do not count.');
});
