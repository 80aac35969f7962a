import { createHmac } from 'node:crypto';
import { itemReference } from '@tracelore/sdk/contract';
import type { DecisionItem } from '../injectors/rule-set.ts';
import type { Rule } from '../knowledge/rule.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';

/** Shares that get less than they could, so that the effect of what they lack can be measured. */
export interface Holdout {
  /** Share of units that get no knowledge at all, in [0, 1). */
  readonly global: number;
  /** Share of units from which a rule is withheld, per rule, in [0, 1). Pinned rules are exempt. */
  readonly rule: number;
}

export const HOLDOUT: Holdout = { global: 0.01, rule: 0.1 };

/** Stands where a rule's id stands in the coins of rules. */
const GLOBAL_COIN = 'global-holdout';

/** Salt of a project's coins: nobody outside can choose a unit's name to get the coins he wants. */
export function coinSalt(secret: string, project: string): string {
  return createHmac('sha256', secret).update(`coins\u0000${project}`).digest('hex');
}

/** Whether this unit is in the global hold-out; for a unit always the same. */
export function isHeldOut(salt: string, unit: string, holdout: Holdout): boolean {
  return assignmentCoin({ salt, ruleId: GLOBAL_COIN, epoch: '0', unit }) < holdout.global;
}

/**
 * Tosses the coin of each selected rule. A withheld rule's place stays empty: filling it would measure the rule against
 * its replacement. A new version of a rule gets new coins.
 */
export function tossCoins(
  selected: readonly Rule[],
  salt: string,
  unit: string,
  holdout: Holdout,
): DecisionItem[] {
  return selected.map((rule, index) => {
    const isExempt = rule.priority === 'pinned';
    const propensity = isExempt ? 1 : 1 - holdout.rule;
    const coin = isExempt ? 0 : assignmentCoin({ salt, ruleId: rule.id, epoch: String(rule.version), unit });
    return { rule: itemReference(rule), rank: index + 1, propensity, coin, injected: coin < propensity };
  });
}

/** Items of an answer without coins: everything selected is injected, or nothing is. */
export function withoutCoins(selected: readonly Rule[]): DecisionItem[] {
  return selected.map((rule, index) => ({
    rule: itemReference(rule),
    rank: index + 1,
    propensity: 1,
    coin: 0,
    injected: true,
  }));
}
