import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startService, tracelore } from './child.testing.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'readiness-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a disk below its reserve: data is refused with the reason, reads go on, and /readyz says why', async () => {
  const service = await startService(directory, [], { TRACELORE_DISK_RESERVE_BYTES: '1000000000000000' });
  const sent = await fetch(`${service.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([sent.status, sent.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await sent.text()).toContain('are kept free: make room');
  const ready = await fetch(`${service.api}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    type: 'urn:tracelore:problem:not_ready',
    detail: expect.stringMatching(/^disk: the disk of .* has \d+ bytes left/),
    checks: expect.arrayContaining([
      { name: 'database', state: 'ok', detail: '' },
      { name: 'store', state: 'ok', detail: '' },
      { name: 'disk', state: 'failing', detail: expect.any(String) },
    ]),
  });
  expect((await fetch(`${service.api}/healthz`)).status).toBe(200);
  expect((await fetch(`${service.api}/v1/traces`)).status).toBe(200);
  expect((await service.end('SIGTERM')).code).toBe(0);
});

test('a spool that cannot be used keeps the service from starting, by name', async () => {
  const spool = path.join(directory, 'file');
  await writeFile(spool, '');
  const args = ['up', '--port', '0', '--otlp-port', '0'];
  const ended = await tracelore(args, directory, { TRACELORE_SPOOL: spool });
  expect(ended).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`the spool in ${spool} cannot be used`),
  });
  expect(ended.stderr).not.toMatch(/^\s+at /m);
});
