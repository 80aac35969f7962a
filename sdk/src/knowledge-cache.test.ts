import { expect, it } from 'vitest';

import type { KnowledgeAnswer } from './contract/knowledge.ts';
import { KNOWLEDGE_CACHE_MAX, KNOWLEDGE_STALE_MAX_MS, KnowledgeCache } from './knowledge-cache.ts';

const answer: KnowledgeAnswer = { text: 't', items: [], decision: 'd', snapshot: 1, arm: 'served' };

it('gives an answer only up to the asked age, and never beyond the stale limit', () => {
  const cache = new KnowledgeCache();
  cache.put('k', answer, 1_000);
  expect(cache.get('k', 500, 1_500)).toBe(answer);
  expect(cache.get('k', 500, 1_501)).toBeUndefined();
  expect(cache.get('k', KNOWLEDGE_STALE_MAX_MS, 1_000 + KNOWLEDGE_STALE_MAX_MS)).toBe(answer);
  expect(cache.get('k', Number.MAX_VALUE, 1_001 + KNOWLEDGE_STALE_MAX_MS)).toBeUndefined();
});

it('keeps a bounded number, the least recently used goes first', () => {
  const cache = new KnowledgeCache();
  for (let n = 0; n < KNOWLEDGE_CACHE_MAX; n += 1) cache.put(`k${n}`, answer, 0);
  cache.get('k0', 1, 0);
  cache.put('new', answer, 0);
  expect(cache.get('k0', 1, 0)).toBe(answer);
  expect(cache.get('k1', 1, 0)).toBeUndefined();
});
