import { mkdtemp, rm } from 'node:fs/promises';
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
  directory = await mkdtemp(path.join(tmpdir(), 'managed-'));
  // No unit may fall into the hold-out of everything: what a run is given must not depend on chance.
  service = await startService(directory, [], { TRACELORE_HOLDOUT_GLOBAL: '0' });
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** Runs a command against the service. */
function run(...args: string[]): Promise<Ended> {
  return tracelore(args, directory, { TRACELORE_API_URL: service.api, TRACELORE_ACTOR: 'ann' });
}

async function text(...args: string[]): Promise<string> {
  const ended = await run(...args);
  expect({ code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({ code: 0, stderr: '' });
  return ended.stdout;
}

async function post(target: string, body: object, base: string = service.api): Promise<unknown> {
  const response = await fetch(`${base}${target}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBeLessThan(300);
  return await response.json();
}

const changed = z.object({ rule: z.looseObject({ id: z.string() }) });

/** A rule in force, made over the API: commands are slow to start. */
async function inForce(project: string, content: string, actor = 'ann'): Promise<string> {
  const given = { content, appliesWhen: 'amounts are asked for', actor, project };
  const { rule } = changed.parse(await post('/v1/knowledge', given));
  await post(`/v1/knowledge/${rule.id}/approve`, { project });
  return rule.id;
}

/** Records a run of the agent that was asked this. */
async function record(project: string, traceId: string, task: string): Promise<void> {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  const attributes = { 'input.value': task, 'output.value': '20000', 'gen_ai.agent.name': 'shop' };
  const list = Object.entries(attributes).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const span = {
    traceId,
    spanId: '0a'.repeat(8),
    name: 'answer',
    startTimeUnixNano: time,
    endTimeUnixNano: time,
  };
  await post(
    '/v1/traces',
    {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'tracelore.project', value: { stringValue: project } }] },
          scopeSpans: [{ spans: [{ ...span, attributes: list }] }],
        },
      ],
    },
    service.otlp,
  );
}

test('states are marked, listed, compared, looked at and restored; nobody to ask means --yes', async () => {
  const project = ['--project', 'states'];
  const first = await inForce('states', 'Divide amounts by 100.');
  expect(await text('snapshot', 'create', '--tag', 'good', ...project)).toBe(
    'Snapshot 3 (good): 1 rules in force.\n',
  );
  const twice = await run('snapshot', 'create', '--tag', 'good', ...project);
  expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('is taken by snapshot 3') });
  await post(`/v1/knowledge/${first}/edit`, { content: 'Divide amounts by 10.', project: 'states' });
  await post(`/v1/knowledge/${first}/approve`, { project: 'states' });
  await inForce('states', 'Guess.');

  const difference = await text('snapshot', 'diff', 'good', ...project);
  expect(difference).toContain(
    `~ ${first.slice(0, 8)}@1 → @2\n    - when amounts are asked for: Divide amounts by 100.`,
  );
  expect(difference).toMatch(/^\+ [0-9a-f]{8}@1 {2}when amounts are asked for: Guess\.$/m);

  const unasked = await run('snapshot', 'restore', 'good', ...project);
  expect(unasked).toMatchObject({ code: 1, stderr: expect.stringContaining('add --yes') });
  expect(await text('snapshot', 'restore', 'good', '--yes', ...project)).toContain(
    '2 rules changed, 1 in force',
  );
  expect(await text('knowledge', 'at', 'now', ...project)).toMatch(
    /@1 {2}when .*: Divide amounts by 100\.$/m,
  );
  expect(await text('snapshot', 'list', ...project)).toMatch(
    /^ID {2,}TAG .*\n.*restored 3: restored by ann\n +3 {2}good {2,}1 /,
  );
  expect(await text('knowledge', 'history', first.slice(0, 8), ...project)).toMatch(
    /4 {2}\S+ {2}edited by api \(version 2\)\n +when amounts are asked for: Divide amounts by 10\.[^]*restored by ann \(version 1\): as in snapshot 3/,
  );
  expect(await run('snapshot', 'diff', 'nothing', ...project)).toMatchObject({ code: 1, stdout: '' });
});

test('the quarantine is a queue with reasons; ends and purges are decided by people', async () => {
  const project = ['--project', 'queue'];
  const rule = await inForce('queue', 'Divide amounts by 100.');
  const id = rule.slice(0, 8);
  expect(await text('knowledge', 'quarantine', 'list', ...project)).toBe('Nothing is held back.\n');
  await text('knowledge', 'quarantine', 'add', id, '--reason', 'odd tickets', ...project);
  expect(await text('knowledge', 'quarantine', 'list', ...project)).toMatch(
    new RegExp(`${id} +active .*odd tickets`),
  );
  expect(await text('knowledge', 'quarantine', 'release', id, ...project)).toBe(
    `Released ${id} (now active).\n`,
  );

  expect(await text('knowledge', 'expire', id, '--at', '2999-01-01', ...project)).toContain(
    'ends at 2999-01-01T00:00:00.000Z',
  );
  expect(await run('knowledge', 'expire', id, '--at', '2001-01-01', ...project)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected a time to come'),
  });

  await inForce('queue', 'Round down.', 'eve');
  expect(await run('knowledge', 'purge', '--author', 'eve', ...project)).toMatchObject({ code: 1 });
  expect(await text('knowledge', 'purge', '--author', 'eve', '--dry-run', ...project)).toMatch(
    /^Would remove 1 rules: /,
  );
  expect(await text('knowledge', 'purge', '--author', 'eve', '--yes', ...project)).toMatch(
    /^Removed 1 rules: /,
  );
});

test('reports say what is known, and that it is little', async () => {
  const project = ['--project', 'reports'];
  const rule = await inForce('reports', 'Divide amounts by 100.');
  const task = 'Which amounts are asked for?';
  for (const unit of ['a', 'b', 'c'])
    await post('/v1/knowledge/get', { task, unit, project: 'reports', override: 'active' });
  const audit = await text('knowledge', 'audit', ...project);
  // Overrides are no injections: nobody was served.
  expect(audit).toMatch(new RegExp(`${rule.slice(0, 8)} +canary +0 +- +- +Divide`));
  expect(audit).toContain(`Never injected       ${rule.slice(0, 8)}`);
  const report = await text('ab-report', ...project);
  expect(report).toContain('Not enough data. Need both treatment and control traces.');
  expect(report).toContain('Cost per extra success: not known');
});

test("a failed run's rules are suspected; replays without each tell more", async () => {
  const project = ['--project', 'blame'];
  const trace = 'b1'.repeat(16);
  const task = 'Which amounts are asked for?';
  const rule = await inForce('blame', 'Divide amounts by 100.');
  await record('blame', trace, task);
  // Pinned rules toss no coins: the run is given the rule.
  await post(`/v1/knowledge/${rule}/pin`, { project: 'blame' });
  await post('/v1/knowledge/get', { task, run: trace, unit: 'u1', project: 'blame' });
  await post('/v1/outcomes', { run: trace, passed: false, source: 'human', project: 'blame' });
  const blamed = await text('traces', 'blame', trace.slice(0, 8), ...project);
  expect(blamed).toContain('1 rules were given to it');
  expect(blamed).toMatch(
    new RegExp(`${rule.slice(0, 8)}@1 +1 +- +1 of 1 +new: injected 1 times so far +Divide`),
  );
  expect(blamed).toContain('Review new items — recently promoted knowledge may be causing issues');
  expect(await run('traces', 'blame', trace, '--replay', '--expected', '20000', ...project)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No runner of agent shop'),
  });

  const replayed = await text(
    'traces',
    'blame',
    trace,
    '--replay',
    '--expected',
    '20000',
    '--agent',
    `${AGENT}#answer`,
    ...project,
  );
  expect(replayed).toContain(`Went well without ${rule.slice(0, 8)}, once: replays are noisy.`);
  expect(replayed).toMatch(/with all +0\.00\n +with none +1\.00/);
  expect(replayed).toContain('Some items show high failure correlation');
});

test('the service ends well, and nothing in it went wrong meanwhile', async () => {
  const { code, stderr } = await service.end('SIGTERM');
  expect({ code, stderr: /internal error[^]*/.exec(stderr)?.[0] ?? '' }).toEqual({ code: 0, stderr: '' });
});
