import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chain, CHAIN_START, verifyLink } from './hash-chain.ts';
import type { KnowledgeEvent } from './knowledge-base.ts';

function event(sequence: number, data: string, previousHash: string): KnowledgeEvent {
  const at = '2026-01-01T00:00:00.000Z';
  const unchained = { project: 'p', sequence, id: `e${sequence}`, type: 'edited', ruleId: 'r', at } as const;
  return { ...chain({ ...unchained, actor: 'ann', data }, previousHash), quotes: [] };
}

const first = event(1, '{"a":1}', CHAIN_START);
const second = event(2, '{"a":2}', first.hash);

test('a chain that holds passes', () => {
  expect(() => {
    verifyLink(undefined, first);
    verifyLink(first, second);
  }).not.toThrow();
});

test.each<[string, KnowledgeEvent | undefined, KnowledgeEvent, string]>([
  ['a gap', undefined, second, 'entry 1 is missing'],
  ['a fork', second, { ...second, id: 'other' }, 'two processes wrote the log'],
  ['another past', { ...first, hash: 'x' }, second, 'does not continue the entry before it'],
  ['a changed entry', first, { ...second, data: '{"a":3}' }, 'changed after it was written'],
])('%s is refused and named', (_name, previous, next, wanted) => {
  expect(() => verifyLink(previous, next)).toThrow(wanted);
  expect(() => verifyLink(previous, next)).toThrow('knowledge log of project "p", entry');
});

test('any change of any field breaks the hash', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('actor', 'at', 'data', 'id', 'project', 'ruleId'),
      fc.string({ minLength: 1 }),
      (field, addition) => {
        const changed = { ...first, [field]: `${first[field]}${addition}` };
        expect(() => verifyLink(undefined, changed)).toThrow('changed after it was written');
      },
    ),
  );
});
