import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { startService, tracelore, type Ended, type Service } from './child.testing.ts';

let directory: string;
let service: Service;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'keys-'));
  service = await startService(directory);
});
afterEach(async () => {
  await service.end('SIGKILL');
  await rm(directory, { recursive: true });
});

const made = z.object({ key: z.string(), keyId: z.string() });

function run(key: string, ...args: string[]): Promise<Ended> {
  const variables = { TRACELORE_ACTOR: 'ann', ...(key !== '' && { TRACELORE_API_KEY: key }) };
  return tracelore([...args, '--url', service.api], directory, variables);
}

async function make(key: string, ...args: string[]): Promise<z.infer<typeof made>> {
  const ended = await run(key, 'keys', 'create', ...args, '--json');
  return made.parse(JSON.parse(ended.stdout || ended.stderr));
}

test('keys are made, used, rotated and revoked while the service runs, and everything is written down', async () => {
  const early = await run('', 'keys', 'create', '--name', 'agents', '--scope', 'ingest');
  expect(early.stderr).toContain('make a key of your own first');
  const owner = await make('', '--name', 'owner', '--scope', 'admin', '--all-projects');
  expect((await run('', 'status')).stderr).toContain('needs an API key');
  const agents = await make(owner.key, '--name', 'agents', '--scope', 'ingest', '--project', 'shop');

  const sent = (key: string): Promise<number> =>
    fetch(`${service.otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: '{}',
    }).then(({ status }) => status);
  expect([await sent(agents.key), await sent('tl_00000000_wrong'), await sent(owner.key)]).toEqual([
    200, 401, 200,
  ]);
  expect((await run(agents.key, 'keys', 'list')).stderr).toContain('needs the scope "admin"');

  const shop = ['--project', 'shop'];
  const next = await run(
    owner.key,
    'keys',
    'rotate',
    agents.keyId,
    '--overlap-hours',
    '0',
    '--json',
    ...shop,
  );
  const rotated = made.parse(JSON.parse(next.stdout));
  expect([await sent(agents.key), await sent(rotated.key)]).toEqual([401, 200]);
  expect(await run(owner.key, 'keys', 'revoke', rotated.keyId, ...shop)).toMatchObject({ code: 0 });
  expect(await sent(rotated.key)).toBe(401);
  const listed = await run(owner.key, 'keys', 'list', ...shop);
  expect(listed.stdout).toMatch(/agents +ingest .*\(rotated\)\n.*agents +ingest .*\(revoked\)/);

  const log = (await run(owner.key, 'audit', ...shop)).stdout + (await run(owner.key, 'audit')).stdout;
  for (const line of [
    /ann +127\.0\.0\.1 +refused +key\.create +agents: ingest for default/,
    /ann +127\.0\.0\.1 +done +key\.create [0-9a-f]{8} owner: admin for \*/,
    new RegExp(`ann \\(${owner.keyId}\\) +127\\.0\\.0\\.1 +done +key\\.rotate ${agents.keyId}`),
    /done +key\.revoke/,
  ])
    expect(log).toMatch(line);
  expect(log).not.toContain(owner.key.slice(12));
});

test('who has no key left makes one in the database itself', async () => {
  const owner = ['--name', 'owner', '--scope', 'admin', '--all-projects'];
  await make('', ...owner);
  const busy = await run('', 'keys', 'create', '--offline', ...owner);
  expect(busy.stderr).toContain('is in use by process');
  await service.end('SIGTERM');
  const again = await make('', '--offline', ...owner);
  // Others may reach a service that asks for keys.
  service = await startService(directory, ['--host', '0.0.0.0']);
  expect((await run(again.key, 'keys', 'list', '--all-projects')).stdout.match(/owner/g)).toHaveLength(2);
  expect((await run(again.key, 'audit')).stdout).toContain('offline');
});

test('an address that others reach is refused while there is no key', async () => {
  await service.end('SIGTERM');
  const ended = await tracelore(['up', '--host', '0.0.0.0', '--port', '0', '--otlp-port', '0'], directory);
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain('0.0.0.0 can be reached by others and there are no API keys');
});
