import { getPriority } from 'node:os';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import heapFlags from '../../bin/heap-flags.json' with { type: 'json' };
import { ENGINE_NICENESS } from './engine-priority.ts';
import { startService, tracelore, traceloreUntil, type Service } from './child.testing.ts';

let directory: string;
let service: Service;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'up-'));
  service = await startService(directory);
});

afterAll(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

function portOf(url: string): string {
  return new URL(url).port;
}

test.runIf(process.platform === 'linux')(
  "runs under V8's flags for a process that takes in traces",
  async () => {
    const command = await readFile(`/proc/${service.pid}/cmdline`, 'utf8');
    expect(command.split('\0')).toEqual(expect.arrayContaining(heapFlags));
  },
);

test.runIf(process.platform === 'linux')(
  "lets the engine's threads give way to those that answer",
  async () => {
    const tasks = `/proc/${service.pid}/task`;
    const niceness = new Map<string, Set<number>>();
    for (const thread of await readdir(tasks)) {
      // A thread may end while it is looked at.
      const name = (await readFile(`${tasks}/${thread}/comm`, 'utf8').catch(() => '')).trim();
      const kind = Number(thread) === service.pid ? 'main' : name;
      if (!['main', 'V8Worker', 'MergeMutate'].includes(kind)) continue;
      niceness.set(kind, (niceness.get(kind) ?? new Set()).add(getPriority(Number(thread))));
    }
    const own = getPriority();
    expect(niceness.get('main')).toEqual(new Set([own]));
    expect(niceness.get('V8Worker')).toEqual(new Set([own]));
    expect(niceness.get('MergeMutate')).toEqual(new Set([Math.min(19, own + ENGINE_NICENESS)]));
  },
);

test.runIf(process.platform !== 'win32')(
  'leaves the size of a generation of the heap to whoever sets it',
  async () => {
    const show = path.join(directory, 'show.cjs');
    await writeFile(show, 'console.error(JSON.stringify(process.execArgv));');
    const flagsWith = async (options: string): Promise<unknown> => {
      const variables = { NODE_OPTIONS: `--require ${show} ${options}` };
      const { stderr } = await tracelore(['up', '--port', 'http'], directory, variables);
      // One line of each process that it was: the last is the service.
      return JSON.parse(stderr.match(/^\[.*\]$/gm)?.at(-1) ?? '');
    };
    const isOf = (generation: string): string[] => heapFlags.filter((flag) => flag.includes(generation));
    expect(await flagsWith('--max_semi_space_size=8')).toEqual(isOf('old-space'));
    expect(await flagsWith('--max-old-space-size=512')).toEqual(isOf('semi-space'));
  },
);

describe('what keeps a service from starting', () => {
  test('the directory belongs to another one', async () => {
    const second = await tracelore(['up', '--port', '0', '--otlp-port', '0'], directory);
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(second.stderr).toContain(`in use by process ${service.pid}`);
    expect(second.stderr).not.toMatch(/^\s+at /m);
  });

  test('a port is taken', async () => {
    const data = path.join(directory, 'other');
    const api = await tracelore(
      ['up', '--data', data, '--otlp-port', '0', '--port', portOf(service.api)],
      directory,
    );
    expect(api).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`API port ${portOf(service.api)}`),
    });
    expect(api.stderr).toContain('--port');
    const otlp = await tracelore(
      ['up', '--data', data, '--port', '0', '--otlp-port', portOf(service.otlp)],
      directory,
    );
    expect(otlp).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`:${portOf(service.otlp)} is in use`),
    });
  });

  test('the configuration is wrong: every problem is named', async () => {
    const wrong = await mkdtemp(path.join(tmpdir(), 'up-config-'));
    await writeFile(path.join(wrong, 'tracelore.config.json'), '{"prot": 1}');
    const ended = await tracelore(['up', '--port', 'http'], wrong, { TRACELORE_PROJECT: 'a b' });
    await rm(wrong, { recursive: true });
    expect(ended.code).toBe(1);
    for (const part of [
      '3 problem(s)',
      'prot (the configuration file)',
      'port (argument)',
      'TRACELORE_PROJECT',
    ]) {
      expect(ended.stderr).toContain(part);
    }
  });
});

test('accepts traces, shows them, ends with 0 on SIGTERM, and has them after a restart', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const now = BigInt(Date.now()) * 1_000_000n;
  const span = {
    traceId,
    spanId: 'b7ad6b7169203331',
    name: 'answer',
    kind: 1,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 5_000_000n),
    attributes: [
      { key: 'gen_ai.operation.name', value: { stringValue: 'invoke_agent' } },
      { key: 'gen_ai.agent.name', value: { stringValue: 'adder' } },
      {
        key: 'gen_ai.input.messages',
        value: { stringValue: '[{"role":"user","parts":[{"type":"text","content":"What is 1 + 1?"}]}]' },
      },
      { key: 'output.value', value: { stringValue: '3' } },
    ],
  };
  const sent = await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: [span] }] }],
    }),
  });
  expect(sent.status).toBe(200);
  const metrics = await fetch(`${service.api}/metrics`);
  const counted = await metrics.text();
  expect(counted).toContain('\ntracelore_collector_spans_stored_total 1\n');
  expect(counted).toContain('\ntracelore_decisions_waiting 0\n');
  // At once: ending has to finish what was accepted.
  expect(await service.end('SIGTERM')).toMatchObject({ code: 0, stderr: '' });

  service = await startService(directory);
  const url = ['--url', service.api];
  const list = await tracelore(['traces', 'list', ...url], directory);
  expect(list).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^RUN .*\n0af76519 +closed .* adder$/m),
  });
  const shown = await tracelore(['traces', 'show', '0af765', ...url], directory);
  expect(shown.stdout).toContain('agent answer  5 ms');
  expect(shown.stdout).toContain('in  user: What is 1 + 1?');
  expect(shown.stdout).toContain('out 3');
  const interrupted = await service.end('SIGINT');
  expect(interrupted.code).toBe(0);
  service = await startService(directory);
});

test('what was written survives a kill', async () => {
  const url = (): string[] => ['--url', service.api];
  const rule = ['knowledge', 'add', '--when', 'amounts are shown', '--content', 'Round to two digits.'];
  expect((await tracelore([...rule, ...url()], directory)).code).toBe(0);
  const run = '0af7651916cd43dd8448eb211c80319c';
  await fetch(`${service.api}/v1/outcomes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run, passed: false, source: 'human' }),
  });
  expect((await service.end('SIGKILL')).code).toBeNull();
  service = await startService(directory);
  const rules = await tracelore(['knowledge', 'list', ...url()], directory);
  expect(rules.stdout).toContain('Round to two digits.');
  const failed = await tracelore(['traces', 'list', '--outcome', 'failed', ...url()], directory);
  expect(failed.stdout).toContain(run.slice(0, 8));
});

test('a copy of the directory of an ended service is a backup', async () => {
  expect((await service.end('SIGTERM')).code).toBe(0);
  await cp(path.join(directory, '.tracelore/data'), path.join(directory, 'copy'), { recursive: true });
  const restored = await startService(directory, ['--data', 'copy']);
  const rules = await tracelore(['knowledge', 'list', '--url', restored.api], directory);
  expect(rules.stdout).toContain('Round to two digits.');
  const runs = await tracelore(['traces', 'list', '--url', restored.api], directory);
  expect(runs.stdout).toContain('0af76519');
  expect((await restored.end('SIGTERM')).code).toBe(0);
  service = await startService(directory);
});

test('with API keys the key decides, for the API and for traces', async () => {
  const keyed = await mkdtemp(path.join(tmpdir(), 'up-keyed-'));
  const key = 'a-key-of-enough-length';
  const locked = await startService(keyed, [], { TRACELORE_API_KEYS: `${key}=shop` });
  const url = ['--url', locked.api];
  const without = await tracelore(['status', ...url], keyed);
  expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('TRACELORE_API_KEY') });
  const withKey = await tracelore(['status', ...url], keyed, { TRACELORE_API_KEY: key });
  expect(withKey).toMatchObject({ code: 0, stdout: expect.stringContaining('Project    shop at') });
  const other = await tracelore(['status', '--project', 'web', ...url], keyed, { TRACELORE_API_KEY: key });
  expect(other).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('does not belong to project "web"'),
  });
  const traces = await fetch(`${locked.otlp}/v1/traces`, { method: 'POST', body: '{}' });
  expect(traces.status).toBe(401);
  expect((await locked.end('SIGTERM')).code).toBe(0);
  await rm(keyed, { recursive: true });
});

test('people are told what runs where and what to do next', async () => {
  const data = path.join(directory, 'people');
  const args = ['up', '--data', data, '--port', '0', '--otlp-port', '0'];
  const ended = await traceloreUntil('Ctrl-C', args, directory, { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' });
  expect(ended).toMatchObject({ code: 0, stderr: 'SIGTERM: finishing what was accepted …\n' });
  expect(ended.stdout).toMatch(
    /traces in +http:\/\/127\.0\.0\.1:\d+ .*\n +knowledge +http:\/\/127\.0\.0\.1:\d+/,
  );
  expect(ended.stdout).toContain(`embedded in ${data}`);
  expect(ended.stdout).toContain('Next: wrap your agent');
});
