import type { Rule } from '../knowledge/rule.ts';
import { isNearDuplicate } from '../search/near-duplicate.ts';
import type { Entry } from './rule-document.ts';

/** Rules in an answer, pinned ones included, unless the caller says otherwise. */
export const ITEMS_MAX = 10;
/** Tokens of the rules of an answer unless the caller says otherwise. */
export const TOKENS_MAX = 1_500;

export interface Budget {
  readonly itemsMax: number;
  /** o200k_base tokens. */
  readonly tokensMax: number;
  /** The one stranger whose words alone a rule rests on: of each at most one rule is taken. Default: nobody is capped. */
  readonly sourceOf?: ((rule: Rule) => string | undefined) | undefined;
}

/**
 * Takes rules in the given order, pinned ones first. A rule that would overflow the token budget is skipped and the next
 * ones still get their chance. So is a normal rule that says what a chosen one says,
 * or is of the same source.
 */
export function choose(pinned: readonly Entry[], ranked: Iterable<Entry>, budget: Budget): Rule[] {
  const chosen: Entry[] = [];
  let tokens = 0;
  const take = (entry: Entry): void => {
    if (chosen.length >= budget.itemsMax || tokens + entry.rule.tokens > budget.tokensMax) return;
    chosen.push(entry);
    tokens += entry.rule.tokens;
  };
  for (const entry of pinned) take(entry);
  for (const entry of ranked) {
    if (chosen.length >= budget.itemsMax) break;
    const isSaid = chosen.some(({ document }) => isNearDuplicate(document.wording, entry.document.wording));
    const source = budget.sourceOf?.(entry.rule);
    const isOneMore = source !== undefined && chosen.some(({ rule }) => budget.sourceOf?.(rule) === source);
    if (!isSaid && !isOneMore) take(entry);
  }
  return chosen.map(({ rule }) => rule);
}
