import { expect, test } from 'vitest';
import { resolveConfig } from '../config.ts';
import { bodyRedactor, type RedactBody } from './redact-body.ts';

function redactor(redaction: unknown): RedactBody {
  return bodyRedactor(resolveConfig({ file: { redaction } }).redaction);
}

const CASE = {
  task: 'log in with password=hunter22 as ann@example.org',
  input: { password: 'hunter22', cards: ['4111 1111 1111 1111'], count: 3, employee: 'EMP-1234' },
  tags: ['EMP-1234'],
};

test('secrets, cards, e-mail addresses and own rules are replaced at any depth', () => {
  const rules = [{ name: 'employee', pattern: 'EMP-[0-9]{4}' }];
  expect(redactor({ emails: true, rules })({ cases: [CASE] }, 'all')).toEqual({
    cases: [
      {
        task: 'log in with password=[redacted:sensitive_name] as [redacted:email]',
        input: {
          password: '[redacted:sensitive_name]',
          cards: ['[redacted:credit_card]'],
          count: 3,
          employee: '[redacted:employee]',
        },
        tags: ['[redacted:employee]'],
      },
    ],
  });
});

test('of other bodies only the named members are', () => {
  const body = { output: 'password=hunter22', trial: 'password=hunter22' };
  expect(redactor(true)(body, ['output', 'error'])).toEqual({
    ...body,
    output: 'password=[redacted:sensitive_name]',
  });
  expect(redactor(true)('password=hunter22', ['output'])).toBe('password=hunter22');
});

test('without redaction everything stays as it came', () => {
  expect(redactor(false)(CASE, 'all')).toBe(CASE);
});
