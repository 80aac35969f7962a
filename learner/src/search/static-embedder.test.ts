import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dot, type Vector } from './embedder.ts';
import { staticEmbedder, staticTokens } from './static-embedder.ts';

interface Reference {
  readonly texts: readonly {
    readonly text: string;
    readonly tokens: readonly number[];
    readonly vector: readonly number[];
    readonly norm: number;
  }[];
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly dot: number }[];
}

const reference = JSON.parse(
  readFileSync(new URL('fixtures/static-en-vectors.json', import.meta.url), 'utf8'),
) as Reference;

function vectorOf(text: string): Vector {
  const vector = staticEmbedder.vectorOf(text);
  if (vector === null) throw new Error(`no vector for ${JSON.stringify(text)}`);
  return vector;
}

const EMBEDDED = reference.texts.filter(({ norm }) => norm > 0);
const WITHOUT_VECTOR = [
  ...reference.texts.filter(({ norm }) => norm === 0).map(({ text }) => text),
  // Only the punctuation and one word of these are known.
  '売上は税抜きで集計する？',
  '「売上」、集計 SQL！',
];

describe('staticEmbedder', () => {
  it.each(reference.texts)('reproduces the tokens of $text', ({ text, tokens }) => {
    expect(staticTokens(text)).toEqual(tokens);
  });

  it.each(EMBEDDED)('reproduces the vector of $text', ({ text, vector }) => {
    const got = vectorOf(text);
    expect(got).toHaveLength(staticEmbedder.dimensions);
    for (const [index, want] of vector.entries()) {
      expect(Math.abs((got[index] ?? Number.NaN) - want)).toBeLessThan(1e-5);
    }
  });

  it.each(WITHOUT_VECTOR)('has no vector for %j', (text) => {
    expect(staticEmbedder.vectorOf(text)).toBeNull();
  });

  it.each(reference.pairs)('reproduces the similarity of texts $a and $b', ({ a, b, dot: want }) => {
    const [left, right] = [a, b].map((index) => vectorOf(reference.texts[index]?.text ?? ''));
    expect(Math.abs(dot(left ?? new Float32Array(), right ?? new Float32Array()) - want)).toBeLessThan(1e-4);
  });

  it('ignores what follows the 512th token', () => {
    const start = 'cat '.repeat(512);
    expect(staticTokens(`${start} dog`)).toHaveLength(512);
    expect(staticEmbedder.vectorOf(`${start} dog`)).toEqual(staticEmbedder.vectorOf(start));
  });
});
