import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import type { World } from './world.ts';

/** Rounds of: train on fresh tasks, analyse, decide. What each may spend of the whole budget. */
export const ROUND_SHARES: readonly number[] = [0.4, 0.35, 0.25];

/** What somebody learned in a world. */
export interface Learned {
  /** Rules in force at the end. */
  readonly rules: readonly Rule[];
  /** The text that an agent is given for a task from them. */
  readonly render: (task: string) => string;
  /** Everything that was proposed. */
  readonly proposed: readonly Rule[];
  /** Runs of the agent that decisions took. */
  readonly decisionRuns: number;
  /** The same for confirming what was decided. */
  readonly confirmRuns: number;
  /** Lift in scope that is published of a rule, score units. */
  readonly lifts: ReadonlyMap<string, number>;
  /** Confidence sequence of the lift, where there is one. */
  readonly intervals: ReadonlyMap<string, readonly [low: number, high: number]>;
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
