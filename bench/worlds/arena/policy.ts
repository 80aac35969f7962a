import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import type { World } from './world.ts';

/** What each of some rounds may spend of the whole budget: the first ones have most to decide. */
export function roundShares(rounds: number): readonly number[] {
  const weights = Array.from({ length: rounds }, (_, round) => rounds + 1 - round / 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** What somebody learned in a world. */
export interface Learned {
  /** Rules in force at the end. */
  readonly rules: readonly Rule[];
  /** The text that an agent is given for a task from them. */
  readonly render: (task: string) => string;
  /** The same for any rules. */
  readonly renderOf: (task: string, rules: readonly Rule[]) => string;
  /** By reference of a rule: trials until it was in force for all further ones; missing = for none. */
  readonly inForceAfter: ReadonlyMap<string, number>;
  /** Everything that was proposed. */
  readonly proposed: readonly Rule[];
  /** Runs of the agent that decisions took. */
  readonly decisionRuns: number;
  /** The same for confirming what was decided. */
  readonly confirmRuns: number;
  /** Lift in scope that is published of a rule, score units. */
  readonly lifts: ReadonlyMap<string, number>;
  /** Ids of planted rules that stood in a text that an agent was given, trials included. */
  readonly poisonSeen: readonly string[];
  /** Cycles that decided, and those of them that promoted something that is not right. */
  readonly cycles: number;
  readonly falseCycles: number;
}

/** Somebody who learns. */
export interface Policy {
  readonly name: string;
  /** Learns in a world with at most this many runs of the agent for decisions. */
  learn(world: World, runsBudget: number): Promise<Learned>;
}
