import type { Random } from '../../../learner/src/stats/random.ts';
import type { Beliefs, Convention } from './convention.ts';

/** Something the agent is asked to do. */
export interface Task {
  readonly text: string;
  /** Conventions the result depends on. */
  readonly needs: readonly string[];
  /** Groups of tasks that are looked at apart. */
  readonly tags: readonly string[];
}

/** What became of an action. */
export interface Result {
  /** What the agent's tools answered. */
  readonly output: string;
  /** In [0, 1]: 1 = everything is as it should be. */
  readonly score: number;
  /** In [0, 1]: the share of it that is as it should be, row by row or field by field; absent = all or nothing. */
  readonly credit?: number;
  /** What a check would say about it. */
  readonly comment: string;
}

/** The share of tasks that need none, one, two or three conventions: how tasks are drawn. */
export const NEEDS_SHARES: readonly number[] = [0.25, 0.4, 0.25, 0.1];

/**
 * A little world of one domain: its data and the truth about its conventions. It understands tasks from their text alone,
 * and executes actions: nothing else decides about an outcome.
 */
export interface Environment {
  readonly truth: Beliefs;
  /** Disjoint task sets of the given sizes, each with the same mix. */
  drawTasks(random: Random, sizes: readonly number[]): readonly (readonly Task[])[];
  /** What holds for this task: the truth, but where the task is exempt from a convention. */
  truthFor(task: string): Beliefs;
  /** What somebody does who takes the conventions to be so; undefined = the task is not understood. */
  act(task: string, beliefs: Beliefs): string | undefined;
  /** The same by somebody careless. */
  actCarelessly(task: string, beliefs: Beliefs, random: Random): string | undefined;
  execute(task: string, action: string): Result;
  /** Conventions that a task needs, read from its text; undefined = not understood. */
  needsOf(task: string): readonly string[] | undefined;
  /** The same data and tasks under another truth. */
  close(): void;
}

/** A family of tasks. */
export interface Domain {
  readonly name: string;
  readonly conventions: readonly Convention[];
  /** Convention pairs or conventions whose truth may differ for exempt tasks: those bound to a kind of task. */
  readonly exemptible: readonly string[];
  open(seed: string, options: EnvironmentOptions): Environment;
}

export interface EnvironmentOptions {
  readonly truth: Beliefs;
  /** Convention that does not hold for legacy tasks; '' = none. */
  readonly exempt: string;
  /** The first two modifiers of tasks always come together. */
  readonly together: boolean;
}

/** Tag and marker of tasks to which one convention does not apply. */
export const LEGACY = 'legacy';
