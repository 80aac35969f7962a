import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

const AGENT = fileURLToPath(new URL('./agent.testing.ts', import.meta.url));

let directory: string;
let service: Service;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'commands-'));
  service = await startService(directory);
});

afterAll(async () => {
  await service.end('SIGTERM');
  await rm(directory, { recursive: true });
});

/** Runs a command against the service. */
function run(...args: string[]): Promise<Ended> {
  return tracelore(args, directory, { TRACELORE_API_URL: service.api, TRACELORE_ACTOR: 'ann' });
}

async function json(...args: string[]): Promise<unknown> {
  const ended = await run(...args, '--json');
  expect(ended).toMatchObject({ code: 0 });
  return JSON.parse(ended.stdout);
}

const changed = z.object({ rule: z.looseObject({ id: z.string() }) });
const id = z.looseObject({ id: z.string() });

test('a rule is written, approved, pinned, edited, rejected; each step is in its history', async () => {
  const { rule } = changed.parse(
    await json(
      'knowledge',
      'add',
      '--when',
      'amounts are shown',
      '--content',
      'Round to two digits.',
      '--tags',
      'money, format',
    ),
  );
  const short = rule.id.slice(0, 8);
  expect(await run('knowledge', 'list')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      new RegExp(`^ID +KIND +STATUS +RULE\n${short} +skill +candidate +when amounts are shown: Round`),
    ),
  });
  expect(await run('knowledge', 'pin', short)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `tracelore: Cannot pin rule ${short}: it is candidate, and this takes active.\n`,
  });
  expect(await run('knowledge', 'approve', short, '--reason', 'obvious')).toMatchObject({
    code: 0,
    stdout: `Approved ${short} (now active).\n`,
  });
  expect((await run('knowledge', 'pin', short)).code).toBe(0);
  expect((await run('knowledge', 'list', '--status', 'active')).stdout).toContain(`${short}*`);
  expect((await run('knowledge', 'unpin', short)).code).toBe(0);
  expect((await run('knowledge', 'edit', short, '--content', 'Round to three digits.')).stdout).toContain(
    'version 2',
  );
  expect((await run('knowledge', 'reject', short)).code).toBe(0);
  const shown = await run('knowledge', 'show', short);
  for (const part of [
    'proposed by ann',
    'approved by ann: obvious',
    'pinned by ann',
    'unpinned',
    'edited',
    'rejected',
  ]) {
    expect(shown.stdout).toContain(part);
  }
  expect(await run('knowledge', 'list', '--search', 'no such text')).toMatchObject({
    code: 0,
    stdout: 'No rules.\n',
  });
  expect(await run('knowledge', 'show', 'ffffffff')).toMatchObject({ code: 1, stdout: '' });
  expect(await run('knowledge', 'add', '--when', 'x', '--content', 'see https://x.example')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('content: contains a URL'),
  });
});

test('cases come from the command line and from files; what is wrong in a file is named by place', async () => {
  await writeFile(
    path.join(directory, 'cases.csv'),
    'task,expected\n"What is the revenue, in euros?",200\nWhat is 1 + 1?,2\n',
  );
  await writeFile(path.join(directory, 'bad.csv'), 'question,answer\na,b\n');
  const project = ['--project', 'files'];
  expect(await run('eval', 'import', 'cases.csv', ...project)).toMatchObject({
    code: 0,
    stdout: 'Added 2, 0 known already.\n',
  });
  expect(await run('eval', 'import', 'cases.csv', ...project)).toMatchObject({
    code: 0,
    stdout: 'Added 0, 2 known already.\n',
  });
  expect(await run('eval', 'add', '--task', 'What is 2 + 2?', '--expected', '4', ...project)).toMatchObject({
    code: 0,
  });
  expect(
    (await run('eval', 'list', ...project)).stdout.split('\n').filter((line) => line !== ''),
  ).toHaveLength(4);
  expect(await run('eval', 'import', 'bad.csv', ...project)).toMatchObject({
    code: 1,
    stderr: 'tracelore: bad.csv, line 1: no column "task" or "task_input"; found question, answer.\n',
  });
  expect((await run('eval', 'import', 'none.csv')).stderr).toContain('none.csv cannot be read');
  expect((await run('eval', 'add', '--task', 'x')).stderr).toContain(
    'give --task and --expected, or --from-trace',
  );
  expect((await run('eval', 'add', '--from-trace', 'ffffffff')).stderr).toContain('No run has');
});

test('a case is made of a run that has only just been received', async () => {
  const send = (url: string, body: object): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-tracelore-project': 'fresh' },
      body: JSON.stringify(body),
    });
  const traceId = 'abad1dea'.repeat(4);
  const now = String(BigInt(Date.now()) * 1_000_000n);
  const attributes = [{ key: 'input.value', value: { stringValue: 'What is 1 + 1?' } }];
  const span = { traceId, spanId: 'f'.repeat(16), name: 'answer', startTimeUnixNano: now, attributes };
  const spans = [{ ...span, endTimeUnixNano: now }];
  await send(`${service.otlp}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
  const made = await send(`${service.api}/v1/evals/cases/from-trace`, { run: 'abad', expected: '2' });
  expect(await made.json()).toMatchObject({
    case: { task: 'What is 1 + 1?', expected: '2', sourceRunId: traceId },
  });
});

test('an agent in a file is evaluated with and without the rules, and the two are compared', async () => {
  const project = ['--project', 'evaluated'];
  await run('eval', 'add', '--task', 'What is the revenue in euros?', '--expected', '200', ...project);
  const { rule } = changed.parse(
    await json(
      'knowledge',
      'add',
      '--when',
      'a question is about revenue in euros',
      '--content',
      'Divide amounts by 100.',
      ...project,
    ),
  );
  await run('knowledge', 'approve', rule.id, ...project);
  const agent = ['--agent', `${AGENT}#answer`, ...project];
  const without = id.parse(await json('eval', 'run', '--rules', 'none', '--name', 'bare', ...agent));
  expect(without).toMatchObject({ state: 'succeeded', cases: 1, passed: 0, failed: 1 });
  const ended = await run('eval', 'run', '--rules', 'active', '--json', ...agent);
  expect(ended.stderr).toContain('succeeded: 1 of 1 cases, 1 passed');
  const withRules = id.parse(JSON.parse(ended.stdout));
  expect(withRules).toMatchObject({ state: 'succeeded', passed: 1, rules: [`${rule.id}@1`] });

  const history = await run('eval', 'history', ...project);
  expect(history.stdout).toMatch(/^ID +STATE .*\n.*active \(1\).*\n.*none .* bare$/m);
  const compared = await run('eval', 'compare', without.id.slice(0, 8), withRules.id.slice(0, 8), ...project);
  expect(compared).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Difference +1.000 on 1 cases'),
  });
  expect(compared.stdout).toContain('Better     0.00 → 1.00  What is the revenue in euros?');
});

test('an agent needs nothing of the SDK: a default export in a directory without it will do', async () => {
  const project = ['--project', 'plain'];
  await writeFile(path.join(directory, 'plain.ts'), 'export default (task: string): number => task.length;');
  await run('eval', 'add', '--task', 'four', '--expected', '4', ...project);
  const ended = await run('eval', 'run', '--agent', './plain.ts', '--json', ...project);
  expect(ended).toMatchObject({ code: 0 });
  expect(JSON.parse(ended.stdout)).toMatchObject({ passed: 1, results: [{ output: '4' }] });
});

test.each([
  [`${AGENT}#nothing`, 'has no function "nothing"; its functions are answer'],
  [`${AGENT}#price`, 'has no function "price"'],
  ['./missing.ts', 'there is no file'],
])('--agent %s is refused', async (agent, wanted) => {
  expect(await run('eval', 'run', '--agent', agent)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(wanted),
  });
});

test('learning without a model says what to set', async () => {
  expect(await run('learn')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('set OPENAI_API_KEY'),
  });
});

test('without a service every command says how to start one', async () => {
  const ended = await run('status', '--url', 'http://127.0.0.1:9');
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('Start one with "tracelore up"') });
  expect((await run('status', '--url', 'nowhere')).stderr).toContain('--url: expected an address');
});

test('unknown commands and options are refused, help is not an error', async () => {
  expect((await run('knowlege')).code).toBe(1);
  expect((await run('learn', '--alpha', '7')).stderr).toContain('expected a number between 0 and 1, got "7"');
  expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('knowledge') });
});
