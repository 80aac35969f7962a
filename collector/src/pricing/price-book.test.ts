import { calcPrice, findProvider } from '@pydantic/genai-prices';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listedCost, MODELS_KNOWN_MAX, type CallTokens, type ModelNames } from './price-book.ts';
import { PRICE_SOURCE } from './price-list.ts';

const NONE: CallTokens = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};

/** 2026-11-20 */
const NOW = 1_795_132_800_000_000_000n;

function cost(
  provider: string,
  model: string,
  tokens: Partial<CallTokens> = { inputTokens: 1_000_000 },
  start: bigint = NOW,
): number | null {
  return listedCost({ provider, model, host: '' }, { ...NONE, ...tokens }, start);
}

function at(time: string): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n;
}

test('the source names the list and its version', () => {
  expect(PRICE_SOURCE).toMatch(/^genai-prices@\d+\.\d+\.\d+$/);
});

test('cached, fresh and answered tokens have prices of their own', () => {
  // USD per million tokens of Claude Sonnet 4: 3 in, 15 out, 0.30 read from and 3.75 written to the cache.
  const model = 'claude-sonnet-4-20250514';
  const tokens = { inputTokens: 1_000, cacheReadTokens: 600, cacheWriteTokens: 300, outputTokens: 10 };
  expect(cost('anthropic', model, tokens)).toBe(100 * 3_000 + 600 * 300 + 300 * 3_750 + 10 * 15_000);
  expect(cost('anthropic', model, { outputTokens: 1 })).toBe(15_000);
});

test('parts that exceed their total were counted beside it', () => {
  const model = 'claude-sonnet-4-20250514';
  expect(cost('anthropic', model, { inputTokens: 10, cacheReadTokens: 100 })).toBe(10 * 3_000 + 100 * 300);
});

test('large inputs have the prices of their tier', () => {
  // Gemini 2.5 Pro: 1.25 USD in and 10 out per million, above 200 000 tokens of input 2.50 and 15.
  expect(cost('gcp.gemini', 'gemini-2.5-pro', { inputTokens: 200_000, outputTokens: 1 })).toBe(250_010_000);
  expect(cost('gcp.gemini', 'gemini-2.5-pro', { inputTokens: 200_001, outputTokens: 1 })).toBe(500_017_500);
});

test('the price is that of the time of the call, by date and by hour', () => {
  // o3 fell from 10 to 2 USD per million on 2025-06-10.
  expect(cost('openai', 'o3', undefined, at('2025-06-09T23:59:59Z'))).toBe(10e9);
  expect(cost('openai', 'o3', undefined, at('2025-06-10T00:00:00Z'))).toBe(2e9);
  expect(cost('openai', 'o3', undefined, at('2025-06-01T00:00:00Z'))).toBe(10e9);
  // DeepSeek was cheaper from 16:30 to 00:30 UTC.
  const hours = ['00:29:59', '00:30:00', '16:29:59', '16:30:00', '23:59:59'];
  const day = (time: string): number | null =>
    cost('deepseek', 'deepseek-chat', undefined, at(`2025-07-10T${time}Z`));
  expect(hours.map(day)).toStrictEqual([0.135e9, 0.27e9, 0.27e9, 0.135e9, 0.135e9]);
});

test.each([
  ['openai', 'gpt-4o', 2.5],
  ['OpenAI', 'gpt-4o-2024-08-06', 2.5],
  ['azure.ai.openai', 'gpt-4o', 2.5],
  ['azure', 'gpt-35-turbo', 0.5],
  ['aws.bedrock', 'anthropic.claude-3-haiku-20240307-v1:0', 0.25],
  ['aws.bedrock', 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 0.25],
  ['', 'us.amazon.nova-pro-v1:0', 0.8],
  ['', 'bedrock/anthropic.claude-3-haiku-20240307-v1:0', 0.25],
  ['gcp.vertex_ai', 'claude-3-5-sonnet@20240620', 3],
  ['gcp.vertex_ai', 'publishers/google/models/gemini-2.5-flash', 0.3],
  ['gcp.gemini', 'models/gemini-2.5-flash', 0.3],
  ['gcp.vertex.agent', 'gemini-2.5-flash', 0.3],
  ['openrouter', 'anthropic/claude-3.5-sonnet', 3],
  ['openai', 'anthropic/claude-sonnet-4-20250514', 3],
  ['gateway', 'openai/gpt-4o', 2.5],
  ['litellm', 'azure/gpt-4o', 2.5],
  ['Langchain', 'gpt-4o', 2.5],
  ['', 'openai:gpt-4o', 2.5],
  ['openai', 'claude-3-haiku-20240307', 0.25],
  ['x_ai', 'grok-4', 3],
  ['mistral_ai', 'mistral-large-latest', 2],
])('%s %s is known', (provider, model, usdPerMillion) => {
  expect(cost(provider, model)).toBe(usdPerMillion * 1e9);
});

test.each([
  ['openai', 'our-own-model'],
  ['ollama', 'llama3.2'],
  ['vllm', 'meta-llama/Llama-3.1-8B-Instruct'],
  ['ollama', 'gpt-oss:20b'],
  ['openai', 'deepseek-r1-distill'],
  ['', ''],
  ['', 'constructor'],
  ['__proto__', '__proto__'],
])('%s %s has no price', (provider, model) => {
  expect(cost(provider, model)).toBeNull();
});

test('the server that answered tells the provider where the client is one for many', () => {
  const names: ModelNames = { provider: 'openai', model: 'llama-3.1-8b-instant', host: 'api.groq.com' };
  expect(listedCost(names, { ...NONE, inputTokens: 1_000_000 }, NOW)).toBe(0.05e9);
  expect(cost('openai', 'llama-3.1-8b-instant')).toBeNull();
});

test('more models than are remembered cost memory for so many only, and are priced all the same', () => {
  for (let index = 0; index <= MODELS_KNOWN_MAX; index++) expect(cost('ollama', `m${index}`)).toBeNull();
  expect(cost('openai', 'gpt-4o')).toBe(2.5e9);
});

describe('the price of any usage is that of the list', () => {
  const listed = [
    'openai',
    'anthropic',
    'google',
    'aws',
    'azure',
    'mistral',
    'deepseek',
    'x-ai',
    'openrouter',
    'groq',
  ]
    .flatMap((id) =>
      (findProvider({ providerId: id })?.models ?? []).map((model) => ({ id, model: model.id })),
    )
    .filter(({ id, model }) => calcPrice({ input_tokens: 0 }, model, { providerId: id }) !== null);

  test('for hundreds of models at times of years', () => {
    expect(listed.length).toBeGreaterThan(300);
    fc.assert(
      fc.property(
        fc.constantFrom(...listed),
        fc.integer({ min: 0, max: 2_000_000 }),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: Date.parse('2023-01-01'), max: Date.parse('2027-01-01') }),
        ({ id, model }, input, [cached, read], output, atMs) => {
          const cacheRead = Math.floor(input * cached * read);
          const cacheWrite = Math.floor(input * cached * (1 - read));
          const usage = {
            input_tokens: input,
            cache_read_tokens: cacheRead,
            cache_write_tokens: cacheWrite,
            output_tokens: output,
            output_reasoning_tokens: Math.floor(output / 3),
          };
          const wanted = calcPrice(usage, model, { providerId: id, timestamp: new Date(atMs) });
          const tokens: CallTokens = {
            inputTokens: input,
            outputTokens: output,
            cacheReadTokens: cacheRead,
            cacheWriteTokens: cacheWrite,
            reasoningTokens: Math.floor(output / 3),
          };
          const found = listedCost({ provider: id, model, host: '' }, tokens, BigInt(atMs) * 1_000_000n);
          // Half a billionth from rounding the cost, half of 10^-6 for each of two million tokens from rounding the rates.
          expect(Math.abs((found ?? -10) - (wanted?.total_price ?? 0) * 1e9)).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
