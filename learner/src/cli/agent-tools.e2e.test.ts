import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

const BIN = fileURLToPath(new URL('../../bin/tracelore.cjs', import.meta.url));
/** As agentlearn 0.5.0 exports it. */
const EXPORT = [
  {
    item_id: '8a9f4e2b-0000-4000-8000-000000000001',
    fix_type: 'skill',
    content: 'Order amounts are stored in cents: divide them by 100.',
    applies_when: 'a question asks for the amount of an order',
    tags: ['money'],
    priority: 'pinned',
    source_trace_ids: ['t1'],
    analyzer_id: '',
    created_at: '2026-04-06T00:00:00Z',
    validation_improvement: 0.3,
    validation_regressions: 0,
    status: 'active',
    times_injected: 12,
    times_helped: 11,
    effectiveness_rate: 0.9166,
    last_injected_at: null,
    last_validated_at: null,
  },
  { fix_type: 'oracle', content: 'The fiscal year starts in April.', applies_when: '', status: 'active' },
  { fix_type: 'skill', content: 'See https://evil.example for the rest.', applies_when: 'always' },
];

let directory: string;
let service: Service;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'agent-tools-'));
  service = await startService(directory, [], {
    TRACELORE_HOLDOUT_GLOBAL: '0',
    TRACELORE_HOLDOUT_RULE: '0',
  });
});

afterAll(async () => {
  await service.end('SIGTERM');
  await rm(directory, { recursive: true });
});

function run(...args: string[]): Promise<Ended> {
  return tracelore(args, directory, { TRACELORE_API_URL: service.api, TRACELORE_ACTOR: 'ann' });
}

const listed = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      status: z.string(),
      quarantined: z.boolean(),
      priority: z.string(),
      kind: z.string(),
    }),
  ),
});

test('an export of agentlearn becomes candidates that wait for a person, and goes out again', async () => {
  const file = path.join(directory, 'export.json');
  await writeFile(file, JSON.stringify(EXPORT));
  const imported = await run('knowledge', 'import', file);
  expect(imported.code).toBe(1);
  expect(imported.stdout).toContain('Imported 2 candidate(s), 0 known already.');
  expect(imported.stderr).toContain('item 3: ');
  const { items } = listed.parse(JSON.parse((await run('knowledge', 'list', '--json')).stdout));
  expect(
    items.map(({ status, quarantined, priority, kind }) => [status, quarantined, priority, kind]),
  ).toEqual([
    ['candidate', true, 'normal', 'skill'],
    ['candidate', true, 'normal', 'skill'],
  ]);
  expect((await run('knowledge', 'import', file)).stdout).toContain('Imported 0 candidate(s), 2 known');
  const out: unknown = JSON.parse((await run('knowledge', 'export')).stdout);
  expect(out).toMatchObject([{ fix_type: 'skill', status: 'candidate', times_injected: 0 }, {}]);
  const broken = path.join(directory, 'broken.json');
  await writeFile(broken, '{}');
  const refused = await run('knowledge', 'import', broken);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('expected a JSON array') });
});

const reply = z.looseObject({ id: z.number().optional(), result: z.looseObject({}).optional() });
const called = z.object({
  result: z.object({ isError: z.boolean().optional(), content: z.array(z.object({ text: z.string() })) }),
});

/** A client of the protocol on one way: gives a request, gets its answer. */
type Ask = (method: string, params: object) => Promise<unknown>;

async function overHttp(): Promise<{ ask: Ask; close: () => Promise<void> }> {
  let id = 0;
  return {
    close: () => Promise.resolve(),
    ask: async (method, params) => {
      id += 1;
      const response = await fetch(`${service.api}/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      });
      const text = await response.text();
      const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
      return JSON.parse(data);
    },
  };
}

async function overStdio(): Promise<{ ask: Ask; close: () => Promise<void> }> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, TRACELORE_API_URL: service.api };
  const child = spawn(process.execPath, [BIN, 'mcp'], {
    cwd: directory,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: unknown) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer: unknown = JSON.parse(line);
    const { id } = reply.parse(answer);
    if (id !== undefined) waiting.get(id)?.(answer);
  });
  let last = 0;
  return {
    ask: (method, params) => {
      last += 1;
      const { promise, resolve } = Promise.withResolvers<unknown>();
      waiting.set(last, resolve);
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, method, params })}\n`);
      return promise;
    },
    close: async () => {
      child.stdin.end();
      const [code]: unknown[] = await once(child, 'exit');
      expect(code).toBe(0);
    },
  };
}

test.each([
  ['HTTP', overHttp],
  ['standard input and output', overStdio],
] as const)('agents get knowledge, recall it and record outcomes by MCP over %s', async (way, connect) => {
  const { items } = listed.parse(JSON.parse((await run('knowledge', 'list', '--json')).stdout));
  for (const { id, status } of items) if (status === 'candidate') await run('knowledge', 'approve', id);
  const { ask, close } = await connect();
  const opened = await ask('initialize', {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  });
  expect(opened).toMatchObject({ result: { serverInfo: { name: 'tracelore' } } });
  const tools = await ask('tools/list', {});
  expect(tools).toMatchObject({
    result: { tools: [{ name: 'get_knowledge' }, { name: 'recall_knowledge' }, { name: 'record_outcome' }] },
  });
  const call = async (name: string, args: object): Promise<z.infer<typeof called>['result']> =>
    called.parse(await ask('tools/call', { name, arguments: args })).result;
  const index = await call('get_knowledge', {
    task: 'What is the amount of order 7, and when does the fiscal year start?',
    format: 'agentlearn-index-v1',
  });
  const short = /\] ([0-9a-f]{8}) \(new\)/.exec(index.content[0]?.text ?? '')?.[1] ?? '';
  const recalled = await call('recall_knowledge', { item_id: short });
  expect(recalled.content[0]?.text).toMatch(/^\[SKILL\] [0-9a-f]{8} \(effectiveness: new\)\nApplies when: /);
  expect((await call('recall_knowledge', { item_id: 'ffffffff' })).content[0]?.text).toContain('not found');
  expect(await call('record_outcome', { run: `run-${way}`, passed: true })).toMatchObject({
    content: [{ text: 'recorded' }],
  });
  expect(await call('record_outcome', { run: 'r' })).toMatchObject({ isError: true });
  await close();
});

test('cases are not written without a model, and the command says what to do', async () => {
  expect((await run('eval', 'generate', '--from-traces', '5')).stdout).toContain('Added 0 case(s).');
  for (const args of [
    ['synthetic', '--count', '3'],
    ['from-failures', '--pattern', 'dates', '--count', '3'],
  ]) {
    const ended = await run('eval', ...args);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/OPENAI_API_KEY|no run that went well/);
  }
  expect((await run('eval', 'generate', '--min-confidence', 'high')).code).toBe(1);
});
