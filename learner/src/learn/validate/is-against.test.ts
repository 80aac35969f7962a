import { expect, it } from 'vitest';
import { exampleRule } from '../../injectors/example-rule.testing.ts';
import type { Provenance, Rule } from '../../knowledge/rule.ts';
import { isAgainst } from './is-against.ts';

const april = exampleRule('The fiscal year starts in April.');
const monday = exampleRule('The week starts on Monday.');

function july(said: Pick<Provenance, 'conflictsWith' | 'compatibleWith'> = {}): Rule {
  const rule = exampleRule('The fiscal year starts in July.');
  return { ...rule, provenance: { ...rule.provenance, ...said } };
}

it('goes by the words when no model said anything about the two', () => {
  expect([isAgainst(july(), april), isAgainst(july(), monday)]).toEqual([true, false]);
  expect(isAgainst(july({ compatibleWith: ['another'], conflictsWith: ['another'] }), april)).toBe(true);
});

it('goes by what a model said of the two', () => {
  expect(isAgainst(july({ compatibleWith: [april.id] }), april)).toBe(false);
  expect(isAgainst(july({ conflictsWith: [monday.id] }), monday)).toBe(true);
});
