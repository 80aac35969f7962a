import type { InjectionFormat } from '@tracelore/sdk/contract';
import type { Rule } from '../knowledge/rule.ts';
import { ITEMS_MAX, TOKENS_MAX } from './choose.ts';
import type { RuleSet, SelectOptions } from './rule-set.ts';
import type { PreparedSelector } from './selector.ts';

/**
 * How answers are made where a request does not say: which rules, how many, in which format. A policy over the one path that
 * serves: scan, coins and decision records are the same with each.
 */
export interface Injector {
  readonly name: string;
  readonly format: InjectionFormat;
  /** Most rules in an answer, pinned ones included. */
  readonly itemsMax: number;
  /** Rules found for the task, or every rule in force. */
  readonly picks: 'relevant' | 'all';
  /** Share of units that a rule which is new in production is withheld from. Default: the configured one. */
  readonly canaryShare?: number;
}

/** Pinned rules always, others where they are relevant. The default: the text stays the same as long as the rules do. */
export function smartInjector(format: InjectionFormat = 'tracelore-v1'): Injector {
  return { name: 'smart', format, itemsMax: ITEMS_MAX, picks: 'relevant' };
}

/** Every rule in force, up to 50: for a few rules that always apply. */
export function simpleInjector(itemsMax: number = 50): Injector {
  return { name: 'simple', format: 'agentlearn-list-v1', itemsMax, picks: 'all' };
}

/** The five most relevant rules. */
export function embeddingInjector(itemsMax: number = 5): Injector {
  return { name: 'embedding', format: 'agentlearn-list-v1', itemsMax, picks: 'relevant' };
}

/** An index of relevant rules; the agent loads those it wants with `recall_knowledge`. */
export function hybridInjector(itemsMax: number = 10): Injector {
  return { name: 'hybrid', format: 'agentlearn-index-v1', itemsMax, picks: 'relevant' };
}

/** New rules reach a tenth of the units until production has shown that they do no harm. */
export function canaryInjector(canaryPercentage: number = 0.1, itemsMax: number = 5): Injector {
  if (!(canaryPercentage > 0 && canaryPercentage <= 1))
    throw new RangeError(`canaryInjector: expected a share in (0, 1], got ${canaryPercentage}`);
  const canaryShare = 1 - canaryPercentage;
  return { name: 'canary', format: 'agentlearn-list-v1', itemsMax, picks: 'relevant', canaryShare };
}

/** The selector as an injector wants it. `effectiveness` orders rules where all are picked; without one a rule comes last. */
export function injectorSelector(
  injector: Injector,
  relevant: PreparedSelector,
  effectiveness: (rule: Rule) => number | undefined,
): PreparedSelector {
  const withLimit = (limits: SelectOptions = {}): SelectOptions => ({
    itemsMax: injector.itemsMax,
    ...limits,
  });
  return {
    learns: relevant.learns,
    prepare: (tasks, set, signal) => relevant.prepare(tasks, set, signal),
    select(task, set, limits) {
      if (injector.picks === 'relevant') return relevant.select(task, set, withLimit(limits));
      return { rules: everyRule(set, withLimit(limits), effectiveness), bestCosine: null };
    },
  };
}

function everyRule(
  set: RuleSet,
  { itemsMax = ITEMS_MAX, tokensMax = TOKENS_MAX }: SelectOptions,
  effectiveness: (rule: Rule) => number | undefined,
): Rule[] {
  const ordered = set.rules
    .map((rule) => ({ rule, rank: rule.priority === 'pinned' ? 2 : (effectiveness(rule) ?? -1) }))
    .sort((a, b) => b.rank - a.rank || (a.rule.id < b.rule.id ? -1 : 1));
  const chosen: Rule[] = [];
  let tokens = 0;
  for (const { rule } of ordered) {
    if (chosen.length >= itemsMax) break;
    if (tokens + rule.tokens > tokensMax) continue;
    chosen.push(rule);
    tokens += rule.tokens;
  }
  return chosen;
}
