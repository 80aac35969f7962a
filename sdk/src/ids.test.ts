import { expect, it } from 'vitest';

import { newRunId, randomHex } from './ids.ts';

it('makes ids of the right form that do not repeat', () => {
  const ids = Array.from({ length: 10_000 }, newRunId);
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every((id) => /^[0-9a-f]{32}$/u.test(id))).toBe(true);
  expect(randomHex(8)).toHaveLength(16);
});
