import { expect, test } from 'vitest';
import { ruleTextHash } from './rule-hash.ts';

const hash = (content: string, appliesWhen: string = 'asked for revenue'): string =>
  ruleTextHash({ content, appliesWhen });

test('writing style does not make a new rule', () => {
  const same = [
    'Divide by 100.',
    'divide  by 100',
    '- Divide by 100;',
    'Ｄivide by\n100',
    ' DIVIDE BY 100 !',
  ];
  expect(new Set(same.map((content) => hash(content))).size).toBe(1);
});

test('content, numbers and situation do', () => {
  const different = [hash('Divide by 100.'), hash('Divide by 10.'), hash('Divide by 100.', 'asked for cost')];
  expect(new Set(different).size).toBe(3);
  expect(hash('b', 'a')).not.toBe(hash('a', 'b'));
});
