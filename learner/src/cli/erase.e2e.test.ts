import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

let directory: string;
let service: Service;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'erase-'));
  service = await startService(directory);
});
afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

function run(...args: string[]): Promise<Ended> {
  return tracelore([...args, '--url', service.api], directory);
}

async function sendRun(traceId: string, user: string): Promise<void> {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const attributes = [
    { key: 'user.id', value: { stringValue: user } },
    { key: 'input.value', value: { stringValue: `I am ${user}` } },
    // An empty answer would be judged as failed, sooner or later, and that outcome erased too.
    { key: 'output.value', value: { stringValue: `hello ${user}` } },
  ];
  const span = {
    traceId,
    spanId: 'b'.repeat(16),
    name: `answer ${user}`,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes,
  };
  await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
}

test('a user is erased with everything that was made of their runs; others stay', async () => {
  const [anns, bobs] = ['a1'.repeat(16), 'b2'.repeat(16)];
  await sendRun(anns, 'ann');
  await sendRun(bobs, 'bob');
  expect(await run('eval', 'add', '--from-trace', anns, '--expected', 'hello ann')).toMatchObject({
    code: 0,
  });

  expect((await run('erase', '--user', 'ann')).stderr).toContain('Add --yes');
  expect((await run('erase', '--yes')).stderr).toContain('one of --user, --session and --trace');
  expect((await run('erase', '--yes', '--trace', 'abc')).stderr).toContain('trace: expected 32 hex');
  expect((await run('traces', 'list')).stdout).toContain('answer ann');

  expect(await run('erase', '--user', 'ann', '--yes')).toMatchObject({
    code: 0,
    stdout: 'Erased 1 runs: 1 spans, 0 log records, 0 outcomes, 1 evaluation cases.\n',
  });
  const left = await run('traces', 'list');
  expect(left.stdout).toContain('answer bob');
  expect(left.stdout).not.toContain('ann');
  expect((await run('traces', 'show', anns)).stderr).toContain('No run has an id');
  expect((await run('eval', 'list')).stdout).not.toContain('ann');
});
