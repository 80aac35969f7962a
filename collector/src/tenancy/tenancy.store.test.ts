import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTemporaryStore, type TemporaryStore } from '../store/testing/temporary-store.ts';
import { SERVICE_SUBJECT } from './audit-log.ts';
import { openTenancy, type Tenancy } from './open-tenancy.ts';
import { API_KEY_ENDS, API_KEY_USES, API_KEYS, AUDIT_LOG, PROJECTS } from './tables.ts';
import { until } from '../testing/until.ts';

let temporary: TemporaryStore;
let at = Date.parse('2026-11-20T12:00:30Z');
const reported: string[] = [];
const OWNER = { principal: undefined, actor: 'ann' };

function open(): Promise<Tenancy> {
  return openTenancy({
    store: temporary.store,
    apiKeys: [],
    now: () => new Date(at),
    report: (text) => reported.push(text),
  });
}

let tenancy: Tenancy;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  tenancy = await open();
});
afterAll(async () => {
  await tenancy.close();
  await temporary.remove();
});

test.each([PROJECTS, API_KEYS, API_KEY_ENDS, API_KEY_USES, AUDIT_LOG])(
  'the columns of $name are those of the database',
  async (table) => {
    const columns = await temporary.store.driver.query<{ name: string; type: string }>(
      `SELECT name, type FROM system.columns WHERE database = 'tracelore' AND table = {table: String} ORDER BY position`,
      { parameters: { table: table.name } },
    );
    expect(columns.map(({ name, type }) => [name, type])).toEqual(Object.entries(table.columns));
  },
);

test('the first key must be one that keeps its maker in', async () => {
  const ingest = { project: 'shop', name: 'agents', scopes: ['ingest'] } as const;
  await expect(tenancy.keys.create(ingest, OWNER)).rejects.toMatchObject({ code: 'conflict' });
  expect(tenancy.ring.isRequired).toBe(false);
  const term = new Date(at + 1_000);
  const short = { project: '*', name: 'owner', scopes: ['admin'], expiresAt: term } as const;
  const first = await tenancy.keys.create(short, OWNER);
  at = term.getTime();
  // Keys that end do not open the service, and the operator is told how to get in.
  expect([tenancy.ring.isRequired, tenancy.ring.identify(first.key)]).toEqual([true, undefined]);
  await (await open()).close();
  expect(reported.splice(0).join()).toContain('set TRACELORE_API_KEYS=<key>=*');
  const owner = await tenancy.keys.create({ project: '*', name: 'owner', scopes: ['admin'] }, OWNER);
  expect(owner.key).toMatch(/^tl_[0-9a-f]{8}_[\w-]{43}$/);
  expect(tenancy.ring.isRequired).toBe(true);
  await expect(tenancy.keys.revoke('*', owner.record.keyId, OWNER)).rejects.toThrow('the last one');
});

test('a key is known at once and after a restart, is nowhere in the database, and its use is noted', async () => {
  const request = { project: 'shop', name: 'agents', scopes: ['ingest', 'read'] } as const;
  const { key, record } = await tenancy.keys.create(request, OWNER);
  expect(tenancy.ring.identify(key)).toEqual({
    keyId: record.keyId,
    project: 'shop',
    scopes: ['ingest', 'read'],
    isConfigured: false,
  });
  expect(tenancy.ring.identify(`${key}x`)).toBeUndefined();
  await tenancy.close();
  const again = await open();
  expect(again.ring.identify(key)).toMatchObject({ project: 'shop' });
  expect(again.keys.list('shop', OWNER)).toEqual([
    { ...record, usedAt: new Date('2026-11-20T12:00:00Z'), createdBy: 'ann' },
  ]);
  const stored = await temporary.store.driver.query('SELECT * FROM tracelore.api_keys');
  expect(JSON.stringify(stored)).not.toContain(key.slice(12));
  expect(await again.keys.projects()).toMatchObject([{ project: '*' }, { project: 'shop' }]);
  await again.close();
});

test('a rotated key works beside the new one until the overlap is over; nothing revives it', async () => {
  const { key, record } = await tenancy.keys.create({ project: 'shop', name: 'ci', scopes: ['read'] }, OWNER);
  const next = await tenancy.keys.rotate('shop', record.keyId, OWNER, 60_000);
  expect([key, next.key].map((each) => tenancy.ring.identify(each)?.scopes)).toEqual([['read'], ['read']]);
  at += 60_000;
  expect([key, next.key].map((each) => tenancy.ring.identify(each)?.scopes)).toEqual([undefined, ['read']]);
  await expect(tenancy.keys.rotate('shop', record.keyId, OWNER)).rejects.toThrow('has ended');
  await tenancy.keys.revoke('shop', next.record.keyId, OWNER);
  expect(tenancy.ring.identify(next.key)).toBeUndefined();
  expect(tenancy.keys.list('shop', OWNER).find(({ keyId }) => keyId === next.record.keyId)).toMatchObject({
    endCause: 'revoked',
  });
});

test('a key ends with its term', async () => {
  const request = { project: 'shop', name: 'short', scopes: ['read'] } as const;
  const { key } = await tenancy.keys.create({ ...request, expiresAt: new Date(at + 1_000) }, OWNER);
  expect(tenancy.ring.identify(key)).toBeDefined();
  at += 1_000;
  expect(tenancy.ring.identify(key)).toBeUndefined();
  await expect(tenancy.keys.create({ ...request, expiresAt: new Date(at) }, OWNER)).rejects.toThrow(
    'expected a later end',
  );
});

test('an admin of one project reaches no key of another', async () => {
  const admin = await tenancy.keys.create({ project: 'shop', name: 'lead', scopes: ['admin'] }, OWNER);
  const by = { principal: tenancy.ring.identify(admin.key), actor: 'lead' };
  const web = await tenancy.keys.create({ project: 'web', name: 'web', scopes: ['read'] }, OWNER);
  for (const project of ['web', '*'])
    await expect(tenancy.keys.create({ project, name: 'x', scopes: ['admin'] }, by)).rejects.toMatchObject({
      code: 'forbidden',
    });
  await expect(tenancy.keys.revoke('web', web.record.keyId, by)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(tenancy.keys.revoke('shop', web.record.keyId, by)).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(tenancy.ring.identify(web.key)).toBeDefined();
});

test('the audit log lists by project, newest first, in pages, and forgets after its term', async () => {
  const entry = { ...SERVICE_SUBJECT, result: 'done', detail: '' } as const;
  for (const object of ['1', '2', '3']) {
    at += 1_000;
    await tenancy.audit.record({ ...entry, project: 'shop', action: 'erasure', object });
  }
  await tenancy.audit.record({ ...entry, project: 'web', action: 'erasure', object: '4' });
  const [newest, middle] = await tenancy.audit.list(['shop'], { limit: 2 });
  expect([newest?.object, middle?.object]).toEqual(['3', '2']);
  expect(newest?.at).toBe(new Date(at).toISOString());
  const rest = await tenancy.audit.list(['shop'], { limit: 2, before: middle?.id ?? '' });
  expect(rest.map(({ object }) => object)).toEqual(['1']);
  // The id of an entry of another project opens nothing.
  const [foreign] = await tenancy.audit.list(['web'], { limit: 1 });
  expect(await tenancy.audit.list(['shop'], { limit: 9, before: foreign?.id ?? '' })).toEqual([]);
  at += 10 * 86_400_000;
  expect(await tenancy.audit.expire(11)).toBe(0);
  expect(await tenancy.audit.expire(10)).toBe(2);
  expect(await tenancy.audit.list(['shop'], { limit: 9 })).toMatchObject([{ object: '3' }]);
});

test('refusals are written down up to a bound per minute, and the rest are counted', async () => {
  at += 60_000 - (at % 60_000);
  const refusal = { ...SERVICE_SUBJECT, project: 'shop', action: 'key.create', object: '', detail: '' };
  for (let n = 0; n < 65; n += 1) await tenancy.audit.record({ ...refusal, result: 'refused' });
  at += 60_000;
  await tenancy.audit.record({ ...refusal, result: 'done' });
  const stored = await tenancy.audit.list(['shop', '*'], { limit: 1_000 });
  expect(stored.filter(({ result }) => result === 'refused')).toHaveLength(61);
  expect(stored.map(({ detail }) => detail)).toContain('5 more in the minute before key.create');
});

test('where a database is shared, a key that another process makes or ends is noticed', async () => {
  const location = { kind: 'server', url: 'http://127.0.0.1:1' } as const;
  const other = await openTenancy({
    store: { ...temporary.store, location },
    apiKeys: [],
    now: () => new Date(at),
    report: (text) => reported.push(text),
    refreshMs: 1,
  });
  const { key, record } = await tenancy.keys.create(
    { project: 'shop', name: 'new', scopes: ['read'] },
    OWNER,
  );
  await until(() => other.ring.identify(key) !== undefined);
  await tenancy.keys.revoke('shop', record.keyId, OWNER);
  await until(() => other.ring.identify(key) === undefined);
  expect(reported).toEqual([]);
  await other.close();
});

test('what goes wrong is recorded as failed; an entry that cannot be stored goes to the operator', async () => {
  const entry = { ...SERVICE_SUBJECT, project: 'shop', action: 'backup', object: 'a.zip', detail: '' };
  await expect(tenancy.audit.around(entry, () => Promise.reject(new Error('disk full')))).rejects.toThrow(
    'disk full',
  );
  expect(await tenancy.audit.list(['shop'], { limit: 1 })).toMatchObject([
    { action: 'backup', result: 'failed', detail: 'disk full' },
  ]);
  expect(reported).toEqual([]);
  await temporary.store.close();
  await tenancy.audit.record({ ...entry, result: 'done' });
  expect(reported.join()).toContain('"object":"a.zip"');
});
