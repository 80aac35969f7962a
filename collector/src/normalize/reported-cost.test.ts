import { describe, expect, test } from 'vitest';
import { normalized } from '../testing/span-of.ts';
import type { Values } from '../testing/told-span.ts';

describe('a cost that the sender states', () => {
  const MODEL = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 9n,
  };
  test.each<[string, Values, string?]>([
    ['gen_ai.usage.cost', { 'gen_ai.usage.cost': 0.000151 }],
    ['gen_ai.usage.total_cost', { 'gen_ai.usage.total_cost': 0.000151 }],
    ['gen_ai.cost.total_cost', { 'gen_ai.cost.total_cost': 0.000151 }],
    ['llm.cost.total', { 'llm.cost.total': 0.000151 }],
    ['langwatch.span.cost', { 'langwatch.span.cost': 0.000151 }],
    ['langfuse total', { 'langfuse.observation.cost_details': '{"input":1,"total":0.000151}' }],
    ['langfuse parts', { 'langfuse.observation.cost_details': '{"input":0.0001,"output":0.000051}' }],
    ['operation.cost', { 'operation.cost': 0.000151, 'logfire.msg': 'chat' }],
    ['openrouter', { 'ai.response.providerMetadata': '{"openrouter":{"usage":{"cost":0.000151}}}' }],
    ['cost_usd', { cost_usd: '0.000151' }, 'com.anthropic.claude_code'],
    ['as text', { 'gen_ai.usage.cost': '0.000151' }],
  ])('%s', (_name, cost, scope = 'app') => {
    const { span } = normalized({ ...MODEL, ...cost }, { scope });
    expect(span).toMatchObject({ costNanoUsd: 151_000, costSource: 'reported' });
  });

  test.each([
    ['negative', -1],
    ['no number', 'free'],
    ['beyond any call', 1e9],
    ['not finite', Number.NaN],
  ])('is not believed when it is %s', (_name, cost) => {
    const { span } = normalized({ ...MODEL, 'gen_ai.usage.cost': cost });
    expect(span).toMatchObject({
      costNanoUsd: 9 * 2_500,
      costSource: expect.stringMatching(/^genai-prices@/),
    });
  });

  test('and counts that are negative are not known', () => {
    const { span } = normalized(
      { 'mlflow.chat.tokenUsage': '{"input_tokens":-5}', 'mlflow.llm.cost': '{"total_cost":-1}' },
      { scope: 'mlflow' },
    );
    expect(span).toMatchObject({ inputTokens: null, costNanoUsd: null });
  });

  test("credits of a coding agent are no money, and another program's `cost_usd` may be anything", () => {
    expect(normalized({ ...MODEL, 'github.copilot.cost': 1.5 }).span.costSource).toMatch(/^genai-prices@/);
    expect(normalized({ ...MODEL, cost_usd: 1 }).span.costSource).toMatch(/^genai-prices@/);
  });

  test('is kept on an agent; an agent has no cost otherwise, nor has a call that fetches an answer', () => {
    const agent = { ...MODEL, 'gen_ai.operation.name': 'invoke_agent' };
    expect(normalized(agent).span).toMatchObject({ costNanoUsd: null, costSource: '' });
    expect(normalized({ ...agent, 'gen_ai.usage.cost': 1 }).span.costNanoUsd).toBe(1e9);
    expect(normalized({ ...MODEL, 'gen_ai.operation.name': 'fetch_response' }).span.costNanoUsd).toBeNull();
    expect(normalized({ ...MODEL, 'gen_ai.request.model': 'mine' }).span.costNanoUsd).toBeNull();
  });
});
