import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Rule } from '../knowledge/rule.ts';
import type { Embedder } from '../search/embedder.ts';
import { FUSION_K } from '../search/fuse.ts';
import type { Ranking } from '../search/ranking.ts';
import { staticEmbedder } from '../search/static-embedder.ts';
import { queryTerms } from '../search/terms.ts';
import { exampleRule } from './example-rule.testing.ts';
import { RuleCorpus } from './rule-corpus.ts';

const DOCUMENTS_MAX = 40;
const NOUNS = 'order invoice refund password account report column driver server cache'.split(' ');
const VERBS = 'join count delete reset export convert round filter retry escalate translate archive'.split(
  ' ',
);
const RULES: readonly Rule[] = VERBS.flatMap((verb) =>
  NOUNS.map((noun) => exampleRule(`${verb} the ${noun} before anything else`)),
);
const TASK = 'How do I reset the password of an account and export the report?';

function rank(corpus: RuleCorpus, rules: readonly Rule[]): Ranking {
  const query = { terms: queryTerms(TASK), vector: staticEmbedder.vectorOf(TASK) };
  return corpus.prepare(rules).rank(query, { embedder: staticEmbedder, fusionK: FUSION_K });
}

/** The built-in embedder, and how many texts it was asked for. */
function countedEmbedder(): { readonly embedder: Embedder; readonly asked: () => number } {
  let asked = 0;
  const vectorOf = (text: string): ReturnType<Embedder['vectorOf']> => {
    asked += 1;
    return staticEmbedder.vectorOf(text);
  };
  return { embedder: { ...staticEmbedder, vectorOf }, asked: () => asked };
}

it('ranks as a new corpus would, whatever it has forgotten since', () => {
  const sets = fc.array(fc.subarray([...RULES], { minLength: 1, maxLength: 30 }), { minLength: 2 });
  fc.assert(
    fc.property(sets, fc.array(fc.nat(), { maxLength: 40 }), (made, order) => {
      const corpus = new RuleCorpus(staticEmbedder, DOCUMENTS_MAX);
      for (const number of [...made.keys(), ...order]) {
        const rules = made[number % made.length] ?? [];
        expect(rank(corpus, rules)).toEqual(rank(new RuleCorpus(staticEmbedder), rules));
      }
    }),
    { numRuns: 30 },
  );
});

it('forgets what is no longer used, and keeps what is', () => {
  const { embedder, asked } = countedEmbedder();
  const corpus = new RuleCorpus(embedder, DOCUMENTS_MAX);
  const used = RULES.slice(0, 10);
  const other = RULES.slice(10, 20);
  rank(corpus, used);
  for (let version = 2; version < 60; version++) {
    rank(
      corpus,
      other.map((rule) => ({ ...rule, version })),
    );
    rank(corpus, used);
    // Two rounds' growth at most besides what is used.
    expect(corpus.size).toBeLessThanOrEqual(DOCUMENTS_MAX * 1.5 + used.length + other.length);
  }
  const before = asked();
  rank(corpus, [...used]);
  expect(asked()).toBe(before);
  expect(before).toBe(used.length + 58 * other.length);
});

it('keeps apart rules of one name that say different things', () => {
  const corpus = new RuleCorpus(staticEmbedder, DOCUMENTS_MAX);
  const ours = [exampleRule('reset the password of the account', { id: 'a'.repeat(32) })];
  const theirs = [exampleRule('export the report as a table', { id: 'a'.repeat(32), project: 'bank' })];
  const both = [ours, theirs].map((rules) => rank(corpus, rules));
  for (let at = 0; at + 5 < RULES.length; at++) rank(corpus, RULES.slice(at, at + 5));
  expect([ours, theirs].map((rules) => rank(corpus, rules))).toEqual(both);
});
