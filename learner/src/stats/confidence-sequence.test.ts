import { expect, it } from 'vitest';
import { observeInterval, startConfidenceSequence } from './confidence-sequence.ts';
import { createRandom } from './random.ts';

it('covers the mean at all looks together and only ever narrows', () => {
  const random = createRandom('coverage');
  const mean = 0.2;
  let covered = 0;
  const sequences = 200;
  for (let i = 0; i < sequences; i += 1) {
    let sequence = startConfidenceSequence(0.05);
    for (let n = 0; n < 80; n += 1) {
      const u = random.next();
      const next = observeInterval(sequence, u < 0.35 ? 1 : u < 0.5 ? -1 : 0);
      expect(next.lower).toBeGreaterThanOrEqual(sequence.lower);
      expect(next.upper).toBeLessThanOrEqual(sequence.upper);
      sequence = next;
    }
    if (sequence.lower <= mean && mean <= sequence.upper) covered += 1;
  }
  expect(covered / sequences).toBeGreaterThanOrEqual(0.95);
});
