import { describe, expect, test } from 'vitest';
import { BROAD, CONVENTIONS, VALUES, type Convention } from '../world/conventions.ts';
import { INJECTED_INSTRUCTION } from '../world/notes.ts';
import { LESSONS } from './lessons.ts';
import { renamedVocabulary, VOCABULARY } from './recognisers.ts';
import { understand } from './understanding.ts';

/** The limits of rules. */
const CONTENT_CHARACTERS_MAX = 400;
const WHEN_CHARACTERS_MAX = 200;

function stated(text: string, vocabulary = VOCABULARY): Record<string, string[]> {
  const { stated: found } = understand(text, vocabulary);
  return Object.fromEntries([...found].map(([convention, values]) => [convention, [...values]]));
}

function* everyForm(kind: 'exact' | 'heldOut' | 'broad' | 'vague'): Generator<[Convention, string, string]> {
  for (const convention of CONVENTIONS) {
    const { when, names, [kind]: texts } = LESSONS[convention];
    for (const situation of when) {
      for (const text of texts) {
        for (const value of kind === 'exact' || kind === 'heldOut' ? VALUES[convention] : ['']) {
          const content = text.replaceAll('{v}', names[value] ?? '');
          expect(content.length).toBeLessThanOrEqual(CONTENT_CHARACTERS_MAX);
          expect(situation.length).toBeLessThanOrEqual(WHEN_CHARACTERS_MAX);
          yield [convention, value, `[1a2b3c4d] when ${situation}: ${content}`];
        }
      }
    }
  }
}

describe('understanding', () => {
  test('an exact lesson, however it is worded, states its value and nothing else', () => {
    for (const kind of ['exact', 'heldOut'] as const) {
      for (const [convention, value, line] of everyForm(kind)) {
        expect([line, stated(line)]).toEqual([line, { [convention]: [value] }]);
      }
    }
  });

  test('an over-general lesson states too much', () => {
    for (const [convention, , line] of everyForm('broad')) {
      expect([line, stated(line)]).toEqual([line, { [convention]: [BROAD] }]);
    }
  });

  test('a vague lesson states nothing, and takes attention', () => {
    for (const [, , line] of everyForm('vague')) {
      expect([line, stated(line)]).toEqual([line, {}]);
      expect(understand(line, VOCABULARY).pieces).toBe(1);
    }
  });

  test('does not depend on the mark or the name in front', () => {
    const advice = 'Use July as the first month of the fiscal year.';
    for (const mark of ['-', '*', '1.', '[x]', '[e5861e7d]', '  -']) {
      expect(stated(`${mark} ${advice}`)).toEqual({ fiscal: ['07'] });
    }
    expect(stated(advice)).toEqual({});
  });

  test('sees contradictions', () => {
    const text = '- The fiscal year starts in July.\n- The fiscal year starts in April.';
    expect(stated(text)).toEqual({ fiscal: ['07', '04'] });
  });

  test('obeys an instruction in its advice', () => {
    expect(understand(`- ${INJECTED_INSTRUCTION}`, VOCABULARY).addsOne).toBe(true);
    expect(understand(INJECTED_INSTRUCTION, VOCABULARY).addsOne).toBe(false);
  });

  test('with renamed words nothing is understood', () => {
    const renamed = renamedVocabulary(VOCABULARY);
    for (const kind of ['exact', 'heldOut', 'broad'] as const) {
      for (const [, , line] of everyForm(kind)) expect(stated(line, renamed)).toEqual({});
    }
  });
});
