import { KeyRing, type Scope } from '@tracelore/collector/store';
import { describe, expect, test } from 'vitest';
import { createAccess, type Access, type Caller } from './access.ts';

const KEY = 'a-key-of-enough-length';
const EVERYWHERE = 'a-key-for-all-projects';
const ring = new KeyRing([
  { key: KEY, project: 'shop' },
  { key: EVERYWHERE, project: '*' },
]);
const keyed = createAccess({ ring, defaultProject: 'default' });
const keyless = createAccess({ ring: new KeyRing([]), defaultProject: 'default' });

const headers = (values: Record<string, string> = {}): Headers =>
  new Headers({ host: 'localhost:4319', ...values });
const bearer = (key: string): Headers => headers({ authorization: `Bearer ${key}` });

/** Whom the headers let in, or the status that keeps them out. */
function admitted(access: Access, given: Headers): Caller | number {
  const caller = access.admit(given, '10.0.0.1');
  return caller instanceof Response ? caller.status : caller;
}

function projectOf(access: Access, given: Headers, ...named: (string | undefined)[]): string | number {
  const caller = access.admit(given, '');
  const project = caller instanceof Response ? caller : access.project(caller, given, named);
  return project instanceof Response ? project.status : project;
}

describe('with keys', () => {
  test('an unknown or missing key is refused, a known one passes from anywhere', () => {
    expect(admitted(keyed, headers())).toBe(401);
    expect(admitted(keyed, bearer('another-key-of-length'))).toBe(401);
    expect(admitted(keyed, bearer(KEY))).toMatchObject({
      principal: { project: 'shop', isConfigured: true },
      address: '10.0.0.1',
    });
    expect(admitted(keyed, headers({ 'x-api-key': KEY, host: 'tracelore.example' }))).toBeTypeOf('object');
  });

  test('the project is the key’s; naming another is forbidden', () => {
    expect(projectOf(keyed, bearer(KEY))).toBe('shop');
    expect(projectOf(keyed, bearer(KEY), 'shop', undefined)).toBe('shop');
    expect(projectOf(keyed, bearer(KEY), 'web')).toBe(403);
  });

  test('with a key for all projects the request names one', () => {
    expect(projectOf(keyed, bearer(EVERYWHERE))).toBe('default');
    expect(projectOf(keyed, bearer(EVERYWHERE), 'web')).toBe('web');
    expect(projectOf(keyed, bearer(EVERYWHERE), '*')).toBe(400);
  });

  test('a scope that the key has not is refused; admin has all; the service as a whole is not one project’s', () => {
    const caller = (scopes: readonly Scope[], project: string = 'shop'): Caller => ({
      principal: { keyId: 'k', project, scopes, isConfigured: false },
      address: '',
    });
    expect(keyed.refuse(caller(['read']), 'read')).toBeUndefined();
    expect(keyed.refuse(caller(['read', 'ingest']), 'write')?.status).toBe(403);
    expect(keyed.refuse(caller(['admin']), 'write')).toBeUndefined();
    expect(keyed.refuseService(caller(['admin']))?.status).toBe(403);
    expect(keyed.refuseService(caller(['read'], '*'))).toBeUndefined();
  });

  test('the configured key of the only project there is may look at the service', () => {
    const refused = (...projects: string[]): number | undefined => {
      const keys = projects.map((project) => ({ key: `key-of-project-${project}`, project }));
      const access = createAccess({ ring: new KeyRing(keys), defaultProject: 'default' });
      const caller = access.admit(bearer('key-of-project-shop'), '');
      return caller instanceof Response ? caller.status : access.refuseService(caller)?.status;
    };
    expect([refused('shop'), refused('shop', '*'), refused('shop', 'web')]).toEqual([
      undefined,
      undefined,
      403,
    ]);
  });
});

describe('without keys', () => {
  test('only loopback names are served: a foreign page cannot rebind its name to this service', () => {
    for (const host of ['localhost:4319', '127.0.0.1:4319', '[::1]:4319', 'LOCALHOST']) {
      expect(admitted(keyless, headers({ host }))).toMatchObject({ principal: undefined });
    }
    expect(admitted(keyless, headers({ host: 'evil.example:4319' }))).toBe(403);
  });

  test('header, query or body name the project; two different names are a mistake', () => {
    expect(projectOf(keyless, headers(), undefined, '')).toBe('default');
    expect(projectOf(keyless, headers(), 'web')).toBe('web');
    const named = headers({ 'x-tracelore-project': 'web' });
    expect(projectOf(keyless, named, 'web')).toBe('web');
    expect(projectOf(keyless, named, 'shop')).toBe(400);
    expect(projectOf(keyless, headers(), '../etc')).toBe(400);
  });
});
