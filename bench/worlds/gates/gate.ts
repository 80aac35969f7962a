import type { ValidationInput } from '../../../learner/src/validators/validator.ts';

/**
 * What decides which candidates to keep, ours or a rival's, behind one interface: the same candidates, eval cases, agent
 * and budget for everybody. `input.trials` is the agent; `input.incumbents` are in force before the cycle.
 */
export interface Gate {
  /** Short, for tables. */
  readonly name: string;
  /** Which cases {@link Promotion.lifts} are means over: those where the rule changes the agent's text, or all. */
  readonly liftScope: 'triggered' | 'all';
  /**
   * Decides about all candidates of one cycle. The result follows from the input's seed and the agent's scores alone.
   *
   * @param runsBudget most runs of the agent that decisions may take
   */
  promote(input: ValidationInput, runsBudget: number): Promise<Promotion>;
}

/** What a gate decided. */
export interface Promotion {
  /** Ids of the rules to keep, in the order of the decisions. */
  readonly promoted: readonly string[];
  /** Runs of the agent that decisions took. */
  readonly runs: number;
  /** Lift that the gate publishes for each promoted rule, score units; a promoted rule without one is missing. */
  readonly lifts: ReadonlyMap<string, number>;
  /** Interval of each candidate's lift at the end, where the gate publishes one. */
  readonly intervals?: ReadonlyMap<string, readonly [low: number, high: number]>;
}
