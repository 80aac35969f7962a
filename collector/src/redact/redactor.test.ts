import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { PRIVATE_KEY, SECRETS } from '../testing/secrets.ts';
import { Redactor } from './redactor.ts';

const redact = (text: string, options: ConstructorParameters<typeof Redactor>[0] = {}): string =>
  new Redactor(options).text(text);

it.each(SECRETS)('finds %s %s', (rule, secret) => {
  const redactor = new Redactor({});
  expect(redactor.text(`before ${secret} after`)).toBe(`before [redacted:${rule}] after`);
  expect(redactor.text(secret)).toBe(`[redacted:${rule}]`);
  expect(redactor.counts.get(rule)).toBe(2);
});

it('finds a private key, also one that was cut off', () => {
  expect(redact(`a ${PRIVATE_KEY} b`)).toBe('a [redacted:private_key] b');
  expect(redact(PRIVATE_KEY.slice(0, 40))).toBe('[redacted:private_key]');
});

it.each([
  ['Authorization: Bearer abcdefghijklmnop1234', 'Authorization: [redacted:sensitive_name]'],
  ['cookie: a=b; session=c\nhost: x', 'cookie: [redacted:sensitive_name]\nhost: x'],
  ['sent Bearer abcdefghijklmnop1234 to it', 'sent Bearer [redacted:credential] to it'],
  ['OPENAI_API_KEY=abcd1234 run', 'OPENAI_API_KEY=[redacted:sensitive_name] run'],
  ["connect(password='hunter2')", "connect(password='[redacted:sensitive_name]')"],
  ['password: hunter22', 'password: [redacted:sensitive_name]'],
  ['/x?access_token=abcd1234&page=2', '/x?access_token=[redacted:sensitive_name]&page=2'],
  ['{"password":"hun\\"ter2","n":1}', '{"password":"[redacted:sensitive_name]","n":1}'],
  ['{"password": 12345, "n": 1}', '{"password": "[redacted:sensitive_name]", "n": 1}'],
  ['{"card":4111111111111111}', '{"card":"[redacted:credit_card]"}'],
  [
    '"{\\"apiKey\\":\\"a\\\\\\"b\\",\\"n\\":1}"',
    '"{\\"apiKey\\":\\"[redacted:sensitive_name]\\",\\"n\\":1}"',
  ],
  ['postgres://app:hunter2@db:5432/x', 'postgres://app:[redacted:url_password]@db:5432/x'],
  [
    'https://hooks.slack.com/services/T0000/B0000/abcdefgh',
    'https://hooks.slack.com/services/[redacted:webhook]',
  ],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
  expect(redact(expected)).toBe(expected);
});

it.each([
  // As .NET, Go and PHP write JSON.
  [
    String.raw`{"a":"{\u0022password\u0022:\u0022hunter2\u0022}"}`,
    String.raw`{"a":"{\"password\":\"[redacted:sensitive_name]\"}"}`,
  ],
  [
    String.raw`{"a":"Bearer abcd\u002Befgh1234\u002Bijkl5678"}`,
    String.raw`{"a":"Bearer [redacted:credential]"}`,
  ],
  [
    String.raw`{"a":"https:\/\/app:hunter2@db\/x"}`,
    String.raw`{"a":"https:\/\/app:[redacted:url_password]@db\/x"}`,
  ],
  [String.raw`{"a":"Bearer abcd\/efgh1234\/ijkl5678"}`, String.raw`{"a":"Bearer [redacted:credential]"}`],
])('sees through escapes: %s', (json, expected) => {
  expect(redact(json)).toBe(expected);
  expect(() => JSON.parse(expected)).not.toThrow();
});

it('does not rewrite escapes when there is nothing to redact', () => {
  const json = String.raw`{"a":"\u003cb\u003e \u0026 \\u0041 C:\\u0062"}`;
  expect(redact(json)).toBe(json);
});

it.each([
  'The task-list at https://x.org:443/a@b costs 12:30; id 5f3c9a7e1b2d4f6890abcdef12345678, skill basic facts',
  'The secret: read the password field, then compare tokens. Basic information follows.',
  '{"type":"object","properties":{"password":{"type":"string"}},"required":["password","api_key"]}',
  '{"token":"Hello","logprob":-0.1,"max_tokens":500,"password":null}',
  'api_key = os.environ["OPENAI_API_KEY"]',
  'sk_learn_pipeline_component key-performance-indicator-dashboard npm_package_config_registry_url hf_model_name_or_path_default',
  'order 4111111111111112, at 1790000000000000000, run 123e4567-e89b-12d3-a456-426614174000',
  'write to ann@example.org',
])('leaves %s alone', (text) => {
  expect(redact(text)).toBe(text);
});

it('finds e-mail addresses when told to', () => {
  expect(redact('to Ann <ann.b+c@mail.example.org>, now', { emails: true })).toBe(
    'to Ann <[redacted:email]>, now',
  );
});

it.each([String.raw`{"a":"\nann@example.org"}`, String.raw`{"a":"x\u00e4ann@example.org"}`])(
  'keeps JSON JSON around addresses: %s',
  (json) => {
    const clean = redact(json, { emails: true });
    expect(clean).toContain('[redacted:email]"');
    expect(clean).not.toContain('ann');
    expect(() => JSON.parse(clean)).not.toThrow();
  },
);

it('finds values of further names in text too', () => {
  const options = { names: ['patient name', 'iban.no'] };
  expect(redact('{"Patient Name":"Ann B","iban.no": 12345, "ibanXno": 1, "n":2}', options)).toBe(
    '{"Patient Name":"[redacted:sensitive_name]","iban.no": "[redacted:sensitive_name]", "ibanXno": 1, "n":2}',
  );
});

it('finds what its own rules say', () => {
  const options = { rules: [{ name: 'employee', pattern: /\bemp-\d{4,8}\b/i }] };
  expect(redact('EMP-12345 and emp-1', options)).toBe('[redacted:employee] and emp-1');
});

it('can leave secrets and cards to others', () => {
  const text = SECRETS.map(([, secret]) => secret).join(' ');
  expect(redact(text, { secrets: false, cards: false })).toBe(text);
});

it('finds every secret wherever it stands, once, and keeps JSON JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...SECRETS), (value, [, secret]) => {
      const json = JSON.stringify({
        value,
        [secret]: `x ${secret}"\n${secret}`,
        nested: JSON.stringify({ password: secret, url: `a://b:${secret}@c`, text: `\t${secret}\\` }),
      });
      const clean = redact(json);
      expect(() => JSON.parse(clean)).not.toThrow();
      expect(clean).not.toContain(secret);
      expect(redact(clean)).toBe(clean);
    }),
  );
});

it('does not change text by halves: what has no secret comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('the', 'skill', 'a1', '"x":', 'id-7', '\n', 'é', '{', '}')),
      (words) => {
        const text = words.join(' ');
        expect(redact(text)).toBe(text);
      },
    ),
  );
});

it('redacts values by the names of attributes, whatever they look like', () => {
  const redactor = new Redactor({ names: ['patient_name'] });
  const clean = redactor.attributes(
    new Map<string, string | number | bigint | string[] | object>([
      ['http.request.header.authorization', ['Token x']],
      ['http.request.header.set-cookie.0', 'a=b'],
      ['db.password', 'x'],
      ['accessToken', 'x'],
      ['Patient_Name', 'Ann'],
      ['tool.password', { type: 'string', apiKey: 'x' }],
      ['pin.secret', 1234n],
      ['gen_ai.usage.input_tokens', 12n],
      ['gen_ai.token.type', 'input'],
      ['session.id', 's1'],
      ['card', 4111111111111111n],
      ['smtp.password.invalid_utf8', new Uint8Array([0x61, 0xff])],
    ]) as never,
  );
  const hidden = '[redacted:sensitive_name]';
  expect(Object.fromEntries(clean)).toStrictEqual({
    'http.request.header.authorization': [hidden],
    'http.request.header.set-cookie.0': hidden,
    'db.password': hidden,
    accessToken: hidden,
    Patient_Name: hidden,
    'tool.password': { type: 'string', apiKey: hidden },
    'pin.secret': hidden,
    'gen_ai.usage.input_tokens': 12n,
    'gen_ai.token.type': 'input',
    'session.id': 's1',
    card: '[redacted:credit_card]',
    'smtp.password.invalid_utf8': hidden,
  });
});

it('returns attributes without secrets as the same object', () => {
  const attributes = new Map([['a', ['b', { c: 'd' }]]] as const);
  expect(new Redactor({}).attributes(attributes)).toBe(attributes);
});

it('takes time in proportion to hostile text', () => {
  const hostile = [
    'password='.repeat(30_000),
    `password="${'\\'.repeat(200_000)}`,
    'eyJ'.repeat(100_000),
    `eyJ${'a'.repeat(300_000)}`,
    '4111 '.repeat(60_000),
    '-----BEGIN PRIVATE KEY-----'.repeat(10_000),
    '://a:b'.repeat(50_000),
    'a@a.'.repeat(80_000),
    'bearer '.repeat(40_000),
    `authorization${' '.repeat(300_000)}`,
    `authorization${' '.repeat(300_000)}:`,
    'api_key:'.repeat(40_000),
    "password='\n".repeat(30_000),
    '='.repeat(300_000),
    '4'.repeat(300_000),
    'bearer aaaaaaaaaaaaaaaa '.repeat(12_000),
    '-eyJaaaaaaaa.eyJ'.repeat(20_000),
    `${'a'.repeat(3_000_000)}@b.org`,
    `sk-${'a'.repeat(30_000_000)}`,
  ];
  const redactor = new Redactor({ emails: true });
  // Quadratic work would take minutes: the test's own time limit is the assertion.
  for (const text of hostile) expect(redactor.text(text).length).toBeGreaterThan(0);
});
