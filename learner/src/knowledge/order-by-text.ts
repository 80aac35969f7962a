import { ruleTextHash } from './rule-hash.ts';
import type { RuleText } from './rule.ts';

/** Rules or lessons in the order of their text hashes: neither names nor the order in which they came count. */
export function orderByText<T extends Pick<RuleText, 'content' | 'appliesWhen'>>(texts: readonly T[]): T[] {
  const hashed = texts.map((text) => ({ text, hash: ruleTextHash(text) }));
  return hashed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)).map(({ text }) => text);
}
