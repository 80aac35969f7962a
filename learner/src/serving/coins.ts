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

/** How one rule is served now. */
export interface Treatment {
  /** Names the experiment: its coins are independent of those of any other. */
  readonly epoch: string;
  /** Share of units the rule is withheld from, in [0, 1]. */
  readonly withheld: number;
}

/** How the rules are served to one unit. */
export interface Treatments {
  /** Model, prompt and tools that the unit counts for. */
  readonly fingerprint: string;
  readonly of: (rule: Rule) => Treatment;
}

/** Who asks. */
export interface Asking {
  readonly agent: string;
  readonly unit: string;
  /** '' = not stated. */
  readonly fingerprint: string;
}

/** Treatments without stages: one share for all, new coins with a new text. */
export function constantTreatments({ fingerprint }: Asking, holdout: Holdout): Treatments {
  return { fingerprint, of: (rule) => ({ epoch: String(rule.version), withheld: holdout.rule }) };
}

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
 * its replacement. Pinned rules are exempt.
 */
export function tossCoins(
  selected: readonly Rule[],
  salt: string,
  unit: string,
  treatmentOf: (rule: Rule) => Treatment,
): DecisionItem[] {
  return selected.map((rule, index) => {
    const rank = index + 1;
    if (rule.priority === 'pinned') return { ...withoutCoin(rule), rank };
    const { epoch, withheld } = treatmentOf(rule);
    const propensity = 1 - withheld;
    const coin = assignmentCoin({ salt, ruleId: rule.id, epoch, unit });
    return { rule: itemReference(rule), rank, propensity, coin, injected: coin < propensity, epoch };
  });
}

/** Items of an answer without coins: everything selected is injected, or nothing is. */
export function withoutCoins(selected: readonly Rule[]): DecisionItem[] {
  return selected.map((rule, index) => ({ ...withoutCoin(rule), rank: index + 1 }));
}

function withoutCoin(rule: Rule): Omit<DecisionItem, 'rank'> {
  return { rule: itemReference(rule), propensity: 1, coin: 0, injected: true, epoch: '' };
}
