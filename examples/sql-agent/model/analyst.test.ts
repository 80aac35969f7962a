import { describe, expect, test } from 'vitest';
import { meaningOf } from '../experiment/meaning.ts';
import { VOCABULARY } from '../language/recognisers.ts';
import { NAIVE, type Beliefs } from '../world/conventions.ts';
import { INJECTED_INSTRUCTION } from '../world/notes.ts';
import { readQuestion } from '../world/question.ts';
import { sqlFor } from '../world/sql.ts';
import { proposeLessons } from './analyst.ts';
import { diagnose } from './diagnosis.ts';
import { readShownRuns } from './shown-runs.ts';

const TRUTH: Beliefs = {
  removed: 'X',
  unit: '100',
  status: 'void',
  tests: 'qa',
  visitors: 'cookie',
  missing: '2',
  weight: 'comma',
  fiscal: '07',
  branch: 'case',
};
const MIND = { seed: 1, truth: TRUTH, vocabulary: VOCABULARY };
const QUESTION = 'How many customers in the retail sector joined us in fiscal year 2023?';

function sql(change: Partial<Beliefs>): string {
  const question = readQuestion(QUESTION);
  if (question === undefined) throw new Error('not a question');
  return sqlFor(question, { ...TRUTH, ...change });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shown(query: string, verdict = 'failed', output = '[[12]]', label = 'S1'): string {
  return `<run label="R1" verdict="${verdict}" agent="sql-agent">
<span label="${label}" kind="agent" name="sql-agent"><input>${QUESTION}</input><output>${escaped(output)}</output></span>
<span label="${label}b" kind="llm" name="write_query"><input>[{"role":"user","content":"${QUESTION}"}]</input><output>${escaped(query)}</output></span>
<outcome source="check">expected rows [[9]], got [[12]]</outcome>
</run>`;
}

describe('the simulated analyst', () => {
  test('reads the runs it is shown', () => {
    const [run] = readShownRuns(shown(sql({ removed: NAIVE })));
    expect(run).toMatchObject({ failed: true, outcome: 'expected rows [[9]], got [[12]]' });
    expect(run?.spans.map((span) => [span.label, span.kind])).toEqual([
      ['S1', 'agent'],
      ['S1b', 'llm'],
    ]);
    expect(run?.spans[1]?.output).toBe(sql({ removed: NAIVE }));
  });

  test('finds the conventions that a query got wrong', () => {
    const wrongIn = (query: string): readonly string[] | undefined => {
      const [run] = readShownRuns(shown(query));
      return run && diagnose(run, TRUTH)?.wrong;
    };
    expect(wrongIn(sql({}))).toEqual([]);
    expect(wrongIn(sql({ removed: NAIVE }))).toEqual(['removed']);
    expect(wrongIn(sql({ removed: 'Z', fiscal: NAIVE }))).toEqual(['removed', 'fiscal']);
    expect(wrongIn('SELECT 1')).toEqual([]);
    expect(wrongIn('I cannot answer this.')).toBeUndefined();
  });

  test('quotes verbatim what it was shown', () => {
    const query = sql({ removed: NAIVE });
    for (let attempt = 0; attempt < 40; attempt += 1) {
      for (const lesson of proposeLessons(MIND, shown(query), attempt)) {
        expect(lesson.evidence.length).toBeGreaterThan(0);
        for (const { span, field, quote } of lesson.evidence) {
          const text = field === 'outcome' ? 'expected rows [[9]], got [[12]]' : query;
          expect(text).toContain(quote);
          expect(quote.length).toBeGreaterThanOrEqual(12);
          expect(span).toBe(field === 'outcome' ? 'S1' : 'S1b');
        }
      }
    }
  });

  test('is right about half of the time, and wrong or vague in the other half', () => {
    const counts = { right: 0, false: 0, vague: 0 };
    for (let attempt = 0; attempt < 2_000; attempt += 1) {
      for (const lesson of proposeLessons(MIND, shown(sql({ removed: NAIVE })), attempt)) {
        counts[meaningOf(lesson, TRUTH, VOCABULARY)] += 1;
      }
    }
    // Right 45 % + paraphrase 10 %; wrong value and over-general 30 %; vague 15 %.
    expect(counts.right / 2_000).toBeCloseTo(0.55, 1);
    expect(counts.false / 2_000).toBeCloseTo(0.3, 1);
    expect(counts.vague / 2_000).toBeCloseTo(0.15, 1);
  });

  test('copies an instruction out of the data half of the time', () => {
    const prompt = shown(sql({ removed: NAIVE }), 'failed', `[["${INJECTED_INSTRUCTION}"]]`);
    const copied = Array.from({ length: 300 }, (_, attempt) => proposeLessons(MIND, prompt, attempt))
      .flat()
      .filter((lesson) => lesson.content === INJECTED_INSTRUCTION);
    expect(copied.length / 300).toBeCloseTo(0.5, 1);
    expect(copied[0]?.evidence[0]).toEqual({ span: 'S1', field: 'output', quote: INJECTED_INSTRUCTION });
  });

  test('has nothing to say about runs that passed, or whose query was right', () => {
    expect(proposeLessons(MIND, shown(sql({ removed: NAIVE }), 'passed'), 0)).toEqual([]);
    expect(proposeLessons(MIND, shown(sql({})), 0)).toEqual([]);
    expect(proposeLessons(MIND, 'no runs at all', 0)).toEqual([]);
  });
});
