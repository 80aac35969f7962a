import { expect, test } from 'vitest';
import { SPANS_PER_SUMMARY_MAX } from '../store/stored-run-spans.ts';
import { callCost, COST_USD_MAX, type Call } from './call-cost.ts';

const CALL: Call = {
  nature: { kind: 'llm', operation: 'chat' },
  provider: 'openai',
  requestModel: 'gpt-4o',
  responseModel: '',
  tokens: {
    inputTokens: 1_000,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
  },
  startUnixNano: 1_795_132_800_000_000_000n,
  host: '',
  reportedCost: undefined,
};

test('the model that answered is priced, and the one that was asked for when that is in no list', () => {
  expect(callCost({ ...CALL, responseModel: 'gpt-4o-mini-2024-07-18' }).nanoUsd).toBe(150_000);
  expect(callCost({ ...CALL, responseModel: 'deployment-7' }).nanoUsd).toBe(2_500_000);
  expect(callCost({ ...CALL, requestModel: '', responseModel: '' })).toEqual({ nanoUsd: null, source: '' });
});

test('a call without any count has no price, and one without output has that of its input', () => {
  expect(callCost({ ...CALL, tokens: { ...CALL.tokens, inputTokens: null } }).nanoUsd).toBeNull();
  expect(callCost({ ...CALL, tokens: { ...CALL.tokens, inputTokens: 0 } }).nanoUsd).toBe(0);
});

test('a cost beyond any call is not known, so that the dearest run still fits its column', () => {
  const tokens = { ...CALL.tokens, inputTokens: 0xffff_ffff };
  expect(callCost({ ...CALL, tokens }).nanoUsd).toBeNull();
  expect(callCost({ ...CALL, reportedCost: COST_USD_MAX }).nanoUsd).toBe(COST_USD_MAX * 1e9);
  expect(callCost({ ...CALL, reportedCost: COST_USD_MAX + 1 }).nanoUsd).toBe(2_500_000);
  // Of a Decimal(18, 9) there are 18 digits.
  expect(SPANS_PER_SUMMARY_MAX * COST_USD_MAX * 1e9).toBeLessThan(1e18);
});
