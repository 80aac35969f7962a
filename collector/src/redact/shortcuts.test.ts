import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PRIVATE_KEY as KEY_BLOCK, SECRETS } from '../testing/secrets.ts';
import { replaceCards } from './card-numbers.ts';
import { withoutEscapes } from './json-escapes.ts';
import { NamedValues } from './named-values.ts';
import { PRIVATE_KEY, SIGNED_URL, URL_PASSWORD, WEBHOOK } from './other-secrets.ts';
import { markOf, MARK_BEGINNING, type Found } from './redaction.ts';
import { Redactor } from './redactor.ts';
import { redactWords } from './secret-words.ts';
import { ValueNames } from './value-places.ts';

/** Everything the redactor looks for, each searched for in all of the text, without any quick look before. */
function redactedSlowly(text: string, names: readonly string[], found: Found): string {
  const mark = (rule: string): string => {
    found(rule);
    return markOf(rule);
  };
  const readable = withoutEscapes(text);
  let clean = readable.replace(PRIVATE_KEY, () => mark('private_key'));
  if (clean.includes('://') || clean.includes(':\\/'))
    clean = clean
      .replace(URL_PASSWORD, (whole: string, before: string, password: string) =>
        password.startsWith(MARK_BEGINNING) ? whole : `${before}:${mark('url_password')}@`,
      )
      .replace(WEBHOOK, (_whole, before: string) => before + mark('webhook'))
      .replace(SIGNED_URL, (_whole, before: string) => before + mark('url_signature'));
  const everywhere = { next: (from: number): number => from };
  clean = new NamedValues(new ValueNames(names).ending).redact(clean, everywhere, found);
  clean = redactWords(clean, [{ start: 0, end: clean.length }], found);
  clean = replaceCards(clean, found);
  return clean === readable ? text : clean;
}

/** What secrets and their neighbourhood are made of, and what only looks like it. */
const PIECES: readonly string[] = [
  [':', '=', ':=', '=>', '==', ' ', '  ', ' '.repeat(9), '\n', '\t', '"', "'", '\\"', '\\\\"', '\\', '\\n'],
  ['\\u0041', '\\u002B', '\\u003d', '\\u0022', '\\u00e4', '[', ']', '{', ',', '-', '_', '.', '/', '\\/', '+'],
  ['//', '://', ':\\/\\/', '@', '?', '&', '~', 'sig=', 'X-Amz-Signature=', 'hooks.slack.com/services/'],
  [
    'discord.com/api/webhooks/',
    'password',
    'Passwd',
    'pass',
    'word',
    'secret',
    'SECRETS',
    'api_key',
    'apiKey',
  ],
  ['api key', 'key', 'token', 'access_token', 'id-token', 'Authorization', 'Set-Cookie', 'credentials'],
  [
    'bearer ',
    'Bearer  ',
    'BASIC ',
    'basic',
    'null',
    'true',
    '12345',
    '4111',
    '4111 1111 ',
    '378282246310005',
  ],
  [
    'abcdefgh',
    'abcdefgh12345678',
    'A1b2C3d4',
    'AbCd/eFgH+1234~',
    'x',
    'é',
    '—',
    '中',
    'Ł',
    '乁',
    'Ġ',
    '　',
    '😀',
  ],
  ['sk-', 'sk_', 'eyJ', 'eyJabcdefgh.', 'AKIA', 'ABCDEFGHIJKLMNOP', 'xoxb-', 'hvs.', 'SG.', 'key-', 'ATATT3'],
  ['PRIVATE KEY', '-----BEGIN PRIVATE KEY-----', '[redacted', 'the quick brown fox ', 'a@b.co', 'getenv('],
  ['patient name', 'ip', 'Pin', KEY_BLOCK, ...SECRETS.map(([, secret]) => secret)],
].flat();

const texts: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(fc.constantFrom(...PIECES), fc.nat({ max: 7 }), fc.nat({ max: 40 })).map(([piece, how, cut]) => {
      if (how === 0) return piece.slice(cut % piece.length);
      return how === 1 ? piece.toUpperCase() : piece;
    }),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(''));

it.each([[[]], [['patient name', 'pin']], [['ip', 'a"']]])(
  'finds with its short cuts what a search of all of the text finds: further names %j',
  (names) => {
    const redactor = new Redactor({ names });
    fc.assert(
      fc.property(texts, fc.boolean(), (text, isJson) => {
        const given = isJson ? JSON.stringify({ text }) : text;
        const counts = new Map<string, number>();
        redactor.counts.clear();
        const expected = redactedSlowly(given, names, (rule) =>
          counts.set(rule, (counts.get(rule) ?? 0) + 1),
        );
        expect(redactor.text(given)).toBe(expected);
        expect(redactor.counts).toStrictEqual(counts);
      }),
      { numRuns: 2_000 },
    );
  },
);

const SIGNED: readonly (readonly [sign: string, rest: string])[] = [
  ...SECRETS.map(([, secret]) => [secret, ''] as const),
  [KEY_BLOCK, ''],
  ['Bearer  ', 'AbCd/eFgH+1234~x'],
  ['basic ', 'abcdefgh12345678'],
  ['"password" : "', 'x'],
  ['api_key=', 'abcd1234'],
  ["session_token':\u00a0'", "x'"],
  ...['\u3000', '\u2009', '\u205f', '\u1680', '\ufeff'].map((blank) => [`cookie${blank}: `, 'x'] as const),
  ['a://b:', 'c@d'],
  ['https:\\/\\/b:', 'c@d'],
  ['a://b?sig=', 'abcdefgh12345678'],
  ['\\u0041\\u004bIA', 'ABCDEFGHIJKLMNOP'],
];

it.each(SIGNED)('sees %j%s at every place of a text', (sign, rest) => {
  const redactor = new Redactor({});
  let seen = 0;
  for (let place = 0; place <= 64; place += 1)
    for (const [before, behind] of [
      ['the é x '.repeat(9).slice(0, place), ' and more'],
      [`${'中文'.repeat(32).slice(0, place)} `, ''],
      [`${'-, '.repeat(22).slice(0, place)}\\n`, '"'],
    ] as const) {
      const text = before + sign + rest + behind;
      const expected = redactedSlowly(text, [], () => undefined);
      expect(redactor.text(text)).toBe(expected);
      if (expected !== text) seen += 1;
    }
  expect(seen).toBeGreaterThan(30);
});

it.each(['x', 'a b, ', '- 1 '])('finds secrets wherever a long text of %j is divided', (filling) => {
  const redactor = new Redactor({});
  const [, secret = ''] = SECRETS[0] ?? [];
  const card = SECRETS.find(([rule]) => rule === 'credit_card')?.[1] ?? '';
  const long = filling.repeat(300_000).slice(0, 262_144);
  for (let shorter = 0; shorter <= 60; shorter += 1) {
    const withSecret = `${long.slice(shorter)} ${secret} ${'ab/'.repeat(100)}`;
    expect(redactor.text(withSecret)).not.toContain(secret);
    expect(redactor.text(`${long.slice(0, 65_536 - shorter)}, ${card}, ab`)).not.toContain(card);
  }
});
