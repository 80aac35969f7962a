import { AIMessage } from '@langchain/core/messages';
import { ATTR } from '@tracelore/sdk/contract';
import { describe, expect, test } from 'vitest';

import { answerAttributes, requestAttributes, responseAttributes } from './model-call.ts';
import { toolDefinitions } from './tool-definitions.ts';

function result(message: unknown): unknown {
  return { generations: [[{ text: 'x', message }]] };
}

describe('a model call', () => {
  test('says model, provider and parameters, from whichever place has them', () => {
    expect(
      requestAttributes({
        metadata: {
          ls_provider: 'google_genai',
          ls_model_name: 'gemini-x',
          ls_temperature: 0,
          ls_max_tokens: 64,
        },
        extra: { invocation_params: { topK: 4, stop: ['END', 3], seed: 'none' } },
      }),
    ).toStrictEqual({
      [ATTR.requestModel]: 'gemini-x',
      [ATTR.provider]: 'gcp.gemini',
      'gen_ai.request.temperature': 0,
      'gen_ai.request.top_k': 4,
      'gen_ai.request.max_tokens': 64,
      'gen_ai.request.stop_sequences': ['END'],
    });
  });

  test('counts tokens as LangChain does: input with the cache, output with the reasoning', () => {
    const message = {
      content: 'x',
      usage_metadata: {
        input_tokens: 30,
        output_tokens: 9,
        total_tokens: 39,
        input_token_details: { cache_read: 10, cache_creation: 5 },
        output_token_details: { reasoning: 4 },
      },
    };
    expect(responseAttributes(result(message))).toStrictEqual({
      [ATTR.inputTokens]: 30,
      [ATTR.outputTokens]: 9,
      [ATTR.cacheReadTokens]: 10,
      [ATTR.cacheWriteTokens]: 5,
      [ATTR.reasoningTokens]: 4,
    });
  });

  test('counts nothing where the provider said nothing, except what an older result says', () => {
    expect(responseAttributes(result(new AIMessage('x')))).toStrictEqual({});
    const legacy = {
      generations: [[{ text: 'x' }]],
      llmOutput: { tokenUsage: { promptTokens: 3, completionTokens: 2 } },
    };
    expect(responseAttributes(legacy)).toStrictEqual({ [ATTR.inputTokens]: 3, [ATTR.outputTokens]: 2 });
    expect(answerAttributes(legacy)).toStrictEqual({
      [ATTR.outputMessages]: '[{"role":"assistant","parts":[{"type":"text","content":"x"}]}]',
    });
  });

  test.for([
    ['end_turn', 'stop'],
    ['tool_use', 'tool_call'],
    ['max_tokens', 'length'],
    ['SAFETY', 'content_filter'],
    ['something_new', 'something_new'],
  ] as const)('finish reason %s is %s', ([reason, expected]) => {
    const message = new AIMessage({ content: 'x', response_metadata: { stop_reason: reason, model: 'm' } });
    expect(responseAttributes(result(message))).toStrictEqual({
      [ATTR.responseModel]: 'm',
      [ATTR.finishReasons]: [expected],
    });
  });

  test("does not take an id that LangChain made up for the provider's", () => {
    expect(responseAttributes(result(new AIMessage({ content: 'x', id: 'run-1' })))).toStrictEqual({});
  });
});

test('tools look the same whichever provider they are for', () => {
  const schema = { type: 'object' };
  expect(
    toolDefinitions([
      { type: 'function', function: { name: 'a', description: 'd', parameters: schema } },
      { name: 'b', input_schema: schema },
      { type: 'web_search' },
      { nothing: true },
    ]),
  ).toStrictEqual([
    { type: 'function', name: 'a', description: 'd', parameters: schema },
    { type: 'function', name: 'b', parameters: schema },
    { type: 'web_search', name: 'web_search' },
  ]);
});
