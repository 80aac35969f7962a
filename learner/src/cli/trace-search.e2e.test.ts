import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

const RUN = 'a1'.repeat(16);
const OTHER = 'b2'.repeat(16);
const STARTED_MS = Date.now();
/** Longer than a preview. */
const LONG = `please ${'look at this and '.repeat(200)}Bestellung`;

let directory: string;
let service: Service;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'trace-search-'));
  service = await startService(directory);
  await send(RUN, [
    { id: 1, name: 'answer', attributes: { 'user.id': 'ann', 'gen_ai.operation.name': 'invoke_agent' } },
    {
      id: 2,
      parent: 1,
      name: 'chat m',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'm',
        'order.id': '17',
        'gen_ai.input.messages': JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: LONG }] }]),
      },
    },
    {
      id: 3,
      parent: 2,
      name: 'execute_tool find',
      attributes: { 'gen_ai.operation.name': 'execute_tool', 'order.id': '18' },
    },
  ]);
  await send(OTHER, [{ id: 1, name: 'other', attributes: { 'user.id': 'bob' } }]);
});
afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

interface Sent {
  readonly id: number;
  readonly parent?: number;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

async function send(traceId: string, sent: readonly Sent[]): Promise<void> {
  const hex = (id: number | undefined): string => (id === undefined ? '' : String(id).repeat(16));
  const spans = sent.map(({ id, parent, name, attributes }) => ({
    traceId,
    spanId: hex(id),
    parentSpanId: hex(parent),
    name,
    startTimeUnixNano: String(BigInt(STARTED_MS + id) * 1_000_000n),
    endTimeUnixNano: String(BigInt(STARTED_MS + id + 5) * 1_000_000n),
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }));
  const answer = await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  if (!answer.ok) throw new Error(`the spans were answered ${answer.status}`);
}

function traces(...args: string[]): Promise<Ended> {
  return tracelore(['traces', ...args, '--url', service.api], directory);
}

async function get(query: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(`${service.api}/v1/traces${query}`);
  const body: Record<string, unknown> = JSON.parse(await answer.text());
  return { status: answer.status, body };
}

test('search finds runs by words and by what their spans are, and names the span', async () => {
  const byWord = await traces('search', 'bestellung', 'LOOK');
  expect(byWord.stdout).toContain('a1a1a1a1');
  expect(byWord.stdout).toContain(`${'2'.repeat(16)} chat m`);
  expect(byWord.stdout).not.toContain('b2b2b2b2');
  const combined = ['--attribute', 'order.id=17', '--model', 'm', '--kind', 'llm', '--user', 'ann'];
  expect((await traces('search', ...combined)).stdout).toContain('a1a1a1a1');
  expect((await traces('search', ...combined, '--attribute', 'order.id=18')).stdout).toBe('No runs.\n');
  const listed = await traces('list', '--user', 'bob');
  expect(listed.stdout).toContain('b2b2b2b2');
  expect(listed.stdout).not.toContain('a1a1a1a1');
});

test('the API takes the same parameters, several attributes, times and pages', async () => {
  const query = '?attribute=order.id%3D17&attribute=gen_ai.request.model%3Dm';
  const { body } = await get(query);
  expect(body).toMatchObject({
    runs: [{ runId: RUN, matches: [{ spanId: '2'.repeat(16), name: 'chat m' }] }],
  });
  expect((await get(`${query}&to=2020-01-01`)).body).toEqual({ runs: [] });
  const first = await get('?span=chat%20m&limit=1');
  expect(first.body).toMatchObject({ runs: [{ runId: RUN }], next: expect.any(String) });
  expect((await get(`?span=chat%20m&limit=1&after=${String(first.body['next'])}`)).body).toEqual({
    runs: [],
  });
  for (const [wrong, why] of [
    ['attribute=order', 'expected name=value'],
    [`attribute=k=${'x'.repeat(300)}`, 'at most 256 bytes'],
    ['text=%3F%21', 'expected letters or digits'],
    ['from=yesterday', 'expected a time'],
    ['after=AAAA', 'of an earlier page'],
  ]) {
    const { status, body: refused } = await get(`?${wrong}`);
    expect([wrong, status, String(refused['detail'])]).toEqual([
      wrong,
      400,
      expect.stringContaining(why ?? ''),
    ]);
  }
});

test('a run shows as a tree of beginnings, whole texts are read span by span', async () => {
  const tree = await traces('show', RUN);
  expect(tree.stdout).toMatch(/^agent answer {2}5 ms\n {2}llm chat m {2}5 ms\n {6}in {2}user: please look/m);
  expect(tree.stdout).toMatch(/^ {4}tool execute_tool find/m);
  expect(tree.stdout).not.toContain('Bestellung');
  expect((await traces('show', RUN, '--full')).stdout).toContain(`user: ${LONG}`);
  const one = await traces('show', RUN, '--span', '2'.repeat(16));
  expect(one.stdout).toContain(LONG);
  expect(one.stdout).toContain('order.id = 17');
  expect((await traces('show', RUN, '--span', 'beef')).stderr).toContain('has no span "beef"');
});

test('machines get a run whole, and the API gives it in pages', async () => {
  const json: { spans: { name: string; input: string }[] } = JSON.parse(
    (await traces('show', RUN, '--json')).stdout,
  );
  expect(json.spans.map(({ name }) => name)).toEqual(['answer', 'chat m', 'execute_tool find']);
  expect(json.spans[1]?.input).toContain(LONG);
  const page = await get(`/${RUN}?content=none&limit=2`);
  expect(page.body).toMatchObject({ spans: [{ name: 'answer' }, { name: 'chat m', input: '' }], next: 2 });
  const rest = await get(`/${RUN}?content=none&offset=2`);
  expect(rest.body['spans']).toMatchObject([{ name: 'execute_tool find' }]);
  expect(rest.body['next']).toBeUndefined();
});
