import { INJECTION_FORMATS } from '@tracelore/sdk/contract';
import { describe, expect, it } from 'vitest';
import { createRenderer } from '../injectors/renderer.ts';
import type { Rule } from '../knowledge/rule.ts';
import { analysisPrompt } from './analysis-prompt.ts';
import { failureSignature } from './failure-signature.ts';
import { overlapsRules, ownKnowledgeIn, stripOwnKnowledge } from './own-knowledge.ts';
import { tracedRun } from './traced-run.testing.ts';
import { taskOf, type TracedRun } from './traced-run.ts';

const rule = (content: string, priority: Rule['priority']): Rule => ({
  project: 'default',
  id: '0123456789abcdef',
  version: 1,
  kind: 'skill',
  content,
  appliesWhen: 'revenue is asked for',
  tags: [],
  status: 'active',
  quarantined: false,
  priority,
  tokens: 10,
  provenance: { origin: 'human', by: 'ann', evidence: [] },
  reason: '',
  createdAt: '',
  updatedAt: '',
});

describe('our own text in recorded content', () => {
  it.each(INJECTION_FORMATS.filter((format) => format !== 'agentlearn-index-v1'))(
    'is cut out in format %s, as text and inside JSON',
    (format) => {
      const text = createRenderer({ secret: 's' }).render(
        [rule('Amounts are cents.', 'pinned'), rule('The year starts in April.', 'normal')],
        { project: 'default', snapshot: 3, format },
      );
      for (const content of [`before ${text} after`, JSON.stringify({ content: `before ${text} after` })]) {
        const stripped = stripOwnKnowledge(content);
        expect(stripped).not.toMatch(/cents|April/);
        expect(stripped).toMatch(/before .* after/s);
        expect(ownKnowledgeIn(content).join('')).toMatch(/cents.*April/s);
      }
    },
  );

  it('is cut out as an index too', () => {
    const text = createRenderer({ secret: 's' }).render([rule('Amounts are cents.', 'normal')], {
      project: 'default',
      snapshot: 3,
      format: 'agentlearn-index-v1',
    });
    expect(stripOwnKnowledge(`before ${text} after`)).toBe('before [knowledge block] after');
  });

  it('leaves everything else alone', () => {
    const content = 'SELECT * FROM t -- <tracelore-core is not a block';
    expect(stripOwnKnowledge(content)).toBe(content);
  });

  it('is recognised when the agent repeats it in its own words only to the letter', () => {
    const rules = ['Divide amounts in the orders table by 100 before reporting'];
    expect(overlapsRules('I will divide amounts in the orders table by 100 before reporting.', rules)).toBe(
      true,
    );
    expect(overlapsRules('expected 1900.00 euros for May but got 190000 euros', rules)).toBe(false);
  });
});

it('takes our own text out of everything a run is compared, clustered and judged by', () => {
  const block = '<tracelore-core 0123abcd>\n[aaaa] when x: rule %\n</tracelore-core 0123abcd>';
  const given = (said: string): TracedRun =>
    tracedRun('r', {
      spans: [
        { input: `${block.replace('%', said)} How many?`, output: `${block.replace('%', said)} 41` },
        { kind: 'tool', status: 'Error', output: '', statusMessage: `failed on ${block.replace('%', said)}` },
      ],
    });
  const [one, other] = [given('count twice'), given('I am sorry, a timeout')];
  expect(taskOf(one)).toBe(taskOf(other));
  expect(failureSignature(one)).toBe(failureSignature(other));
  const prompt = analysisPrompt(
    { signature: 's', failures: [one], contrasts: [other] },
    { rejected: [] },
  ).user;
  expect(prompt).not.toMatch(/count twice|a timeout/);
});
