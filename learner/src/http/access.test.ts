import { describe, expect, test } from 'vitest';
import { createAccess } from './access.ts';

const KEY = 'a-key-of-enough-length';
const keyed = createAccess({ keys: new Map([[KEY, 'shop']]), defaultProject: 'default' });
const keyless = createAccess({ keys: new Map(), defaultProject: 'default' });

const headers = (values: Record<string, string> = {}): Headers =>
  new Headers({ host: 'localhost:4319', ...values });
const bearer = headers({ authorization: `Bearer ${KEY}` });

describe('with keys', () => {
  test('an unknown or missing key is refused, a known one passes from anywhere', () => {
    expect(keyed.refuse(headers())?.status).toBe(401);
    expect(keyed.refuse(headers({ authorization: 'Bearer another-key-of-length' }))?.status).toBe(401);
    expect(keyed.refuse(bearer)).toBeUndefined();
    expect(keyed.refuse(headers({ 'x-api-key': KEY, host: 'tracelore.example' }))).toBeUndefined();
  });

  test('the project is the key’s; naming another is forbidden', () => {
    expect(keyed.project(bearer, [])).toBe('shop');
    expect(keyed.project(bearer, ['shop', undefined])).toBe('shop');
    expect(keyed.project(bearer, ['web'])).toMatchObject({ status: 403 });
  });
});

describe('without keys', () => {
  test('only loopback names are served: a foreign page cannot rebind its name to this service', () => {
    for (const host of ['localhost:4319', '127.0.0.1:4319', '[::1]:4319', 'LOCALHOST']) {
      expect(keyless.refuse(headers({ host }))).toBeUndefined();
    }
    expect(keyless.refuse(headers({ host: 'evil.example:4319' }))?.status).toBe(403);
  });

  test('header, query or body name the project; two different names are a mistake', () => {
    expect(keyless.project(headers(), [undefined, ''])).toBe('default');
    expect(keyless.project(headers(), ['web'])).toBe('web');
    expect(keyless.project(headers({ 'x-tracelore-project': 'web' }), ['web'])).toBe('web');
    expect(keyless.project(headers({ 'x-tracelore-project': 'web' }), ['shop'])).toMatchObject({
      status: 400,
    });
    expect(keyless.project(headers(), ['../etc'])).toMatchObject({ status: 400 });
  });
});
