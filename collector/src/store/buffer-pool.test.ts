import { expect, test } from 'vitest';
import { BufferPool } from './buffer-pool.ts';

const MIB = 1024 * 1024;

test('a buffer that was given back is used again for whatever fits', () => {
  const pool = new BufferPool();
  const first = pool.take(100_000);
  expect(first.length).toBeGreaterThanOrEqual(100_000);
  pool.give(first);
  expect(pool.take(120_000) === first).toBe(true);
  expect(pool.take(120_000) === first).toBe(false);
});

test('small buffers are not pooled, large ones only up to a limit', () => {
  const pool = new BufferPool();
  const small = pool.take(100);
  pool.give(small);
  expect(pool.take(100) === small).toBe(false);
  const large = [pool.take(20 * MIB), pool.take(20 * MIB), pool.take(20 * MIB)];
  for (const buffer of large) pool.give(buffer);
  const again = [pool.take(20 * MIB), pool.take(20 * MIB), pool.take(20 * MIB)];
  expect(again.filter((buffer) => large.includes(buffer)).length).toBe(2);
});
