import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KeyRing, openStore, type AuditEntry, type Scope, type Store } from '@tracelore/collector/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreMaintenance } from '../store/store-maintenance.ts';
import { createAccess, type Caller } from './access.ts';
import type { Endpoint } from './endpoint.ts';
import { storeEndpoints } from './store.ts';

let directory: string;
let store: Store;
let maintenance: StoreMaintenance;
let endpoints: Endpoint[];
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'store-api-'));
  store = await openStore({ location: { kind: 'embedded', directory } });
  maintenance = new StoreMaintenance(store, () => new Date());
  const settle = (): Promise<void> => Promise.resolve();
  endpoints = storeEndpoints({ store, maintenance, importer: undefined, settle });
});
afterAll(async () => {
  await maintenance.stop();
  await store.close();
  rmSync(directory, { recursive: true });
});

const access = createAccess({ ring: new KeyRing([]), defaultProject: 'shop' });
const entries: AuditEntry[] = [];

/** Asks as somebody with a key of the database. */
async function ask(
  method: 'GET' | 'POST',
  target: string,
  { project, scopes, body }: { project: string; scopes: readonly Scope[]; body?: object },
): Promise<Response> {
  const url = new URL(target, 'http://localhost');
  const endpoint = endpoints.find((known) => known.method === method && known.path === url.pathname);
  if (endpoint === undefined) throw new Error(`there is no ${method} ${target}`);
  const caller: Caller = { principal: { keyId: 'k', project, scopes, isConfigured: false }, address: '' };
  const headers = { 'content-type': 'application/json' };
  const request = new Request(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const record = (entry: AuditEntry): Promise<void> => {
    entries.push(entry);
    return Promise.resolve();
  };
  const answer = await endpoint.handle(request, {}, { access, caller, record, redact: (given) => given });
  return answer instanceof Response ? answer : answer.send(undefined, {});
}

const WHOLE = [
  ['GET', '/v1/store'],
  ['GET', '/v1/store/work'],
  ['POST', '/v1/store/backups'],
  ['POST', '/v1/store/optimize'],
] as const;

test.each(WHOLE)(
  '%s %s is not for the admin of one project: it is about all of them',
  async (method, target) => {
    const body = method === 'POST' ? { body: {} } : {};
    const refused = await ask(method, target, { project: 'shop', scopes: ['admin'], ...body });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('This is about all projects');
    expect(maintenance.current).toBeUndefined();
  },
);

test('an export is for admins of its project, and of no other', async () => {
  const target = '/v1/store/export?table=spans';
  expect((await ask('GET', target, { project: 'shop', scopes: ['read', 'write'] })).status).toBe(403);
  expect((await ask('GET', `${target}&project=web`, { project: 'shop', scopes: ['admin'] })).status).toBe(
    403,
  );
  const answer = await ask('GET', target, { project: 'shop', scopes: ['admin'] });
  expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
    200,
    'application/x-ndjson',
    '',
  ]);
  expect(entries.at(-1)).toMatchObject({
    action: 'store.export',
    project: 'shop',
    object: 'spans',
    result: 'done',
  });
});

test('one piece of work at a time; the next one after its end; a name that is none fails it and says so', async () => {
  const admin = { project: '*', scopes: ['admin'] as const };
  const begun = await ask('POST', '/v1/store/backups', { ...admin, body: { name: 'one' } });
  expect([begun.status, await begun.json()]).toMatchObject([202, { kind: 'backup', state: 'running' }]);
  const second = await ask('POST', '/v1/store/optimize', { ...admin, body: {} });
  expect(second.status).toBe(409);
  await maintenance.idle();
  const work = async (): Promise<unknown> => await (await ask('GET', '/v1/store/work', admin)).json();
  expect(await work()).toMatchObject({ work: { state: 'done', progress: expect.stringContaining('one: ') } });
  expect((await ask('POST', '/v1/store/backups', { ...admin, body: { name: '../two' } })).status).toBe(202);
  await maintenance.idle();
  expect(await work()).toMatchObject({
    work: { state: 'failed', progress: expect.stringContaining('not a name for a backup') },
  });
  expect(entries.at(-1)).toMatchObject({ action: 'store.backup', project: '*', object: '../two' });
});
