import { describe, expect, it } from 'vitest';
import { NO_USAGE } from '../llm/chat-model.ts';
import { grammarProblems } from '../knowledge/grammar.ts';
import type { Analyzer } from './analyzer.ts';
import { isEmptyAdvice } from './empty-advice.ts';
import { KNOWN_PATTERNS } from './known-patterns.ts';
import { gateLesson } from './lesson-gate.ts';
import { createTieredAnalyzer } from './tiered-analyzer.ts';
import { tracedRun } from './traced-run.testing.ts';
import type { TracedRun } from './traced-run.ts';

const next: Analyzer = {
  name: 'next',
  analyse: () => Promise.resolve({ ok: false, failure: 'asked', message: '', calls: 1, usage: NO_USAGE }),
};
const tiered = createTieredAnalyzer(next);
const failed = (runId: string, statusMessage: string): TracedRun =>
  tracedRun(runId, {
    spans: [
      { output: '' },
      { name: 'fetch', kind: 'tool', tool: 'fetch_orders', status: 'Error', output: '', statusMessage },
    ],
  });
const sampleOf = (...failures: readonly TracedRun[]) => ({ signature: 's', failures, contrasts: [] });

describe('the tiered analyzer', () => {
  it.each([
    ['json_parsing', 'SyntaxError: Unexpected token } in JSON at position 3'],
    ['timeout', 'the request timed out after 30000 ms'],
    ['rate_limit', 'HTTP 429: Too Many Requests'],
    ['auth_failure', 'HTTP 401 Unauthorized: token has expired'],
    ['network_error', 'connect ECONNREFUSED 10.0.0.7:443'],
    ['null_handling', "TypeError: Cannot read properties of undefined (reading 'id')"],
  ])('knows %s without a model, with the words that show it', async (name, message) => {
    const sample = sampleOf(failed('a', message));
    const result = await tiered.analyse(sample, { rejected: [] });
    if (!result.ok) throw new Error(result.message);
    expect(result).toMatchObject({ calls: 0, usage: NO_USAGE });
    const [lesson] = result.lessons;
    if (lesson === undefined) throw new Error('no lesson');
    expect(lesson).toMatchObject({ kind: 'checklist', quotes: [{ runId: 'a', field: 'output' }] });
    expect(lesson.because).toContain(name);
    expect(lesson.content).toContain('fetch_orders');
    expect(gateLesson(lesson, sample, { live: [], rejected: [] }).kind).toBe('candidate');
  });

  it('asks the next one about what it does not know, and when too few runs show it', async () => {
    const unknown = await tiered.analyse(sampleOf(failed('a', 'no such column: amount_eur')), {
      rejected: [],
    });
    expect(unknown).toMatchObject({ failure: 'asked' });
    const mixed = sampleOf(
      failed('a', 'the request timed out'),
      failed('b', 'no such column: a'),
      failed('c', 'no such column: b'),
    );
    expect(await tiered.analyse(mixed, { rejected: [] })).toMatchObject({ failure: 'asked' });
  });

  it.each(KNOWN_PATTERNS.map((pattern) => [pattern.name, pattern] as const))(
    'what it says about %s keeps to the grammar of rules, with and without a step',
    (_name, { content, appliesWhen }) => {
      for (const step of ['', 'fetch_orders']) {
        const text = {
          kind: 'checklist',
          content: content(step),
          appliesWhen: appliesWhen(step),
          tags: [],
        } as const;
        expect(grammarProblems(text)).toEqual([]);
        expect(isEmptyAdvice(text.content)).toBe(false);
      }
    },
  );
});
