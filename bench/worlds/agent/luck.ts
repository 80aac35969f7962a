import { unitOf } from '../../../examples/sql-agent/world/random.ts';
import type { Task } from '../domains/domain.ts';

/**
 * How well a convention is guessed by an agent that was not told it. Luck belongs to the task: some tasks happen to
 * suggest the right reading, run after run, others hide it.
 */
export interface Luck {
  /** Mean chance to guess a convention right. */
  readonly mean: number;
  /** 0 = every task alike, 1 = a guess always ends the same way. */
  readonly spread: number;
  /** Conventions that a model knows by itself; absent = none. */
  readonly known?: readonly string[];
}

/** Chance of a careless mistake with a short prompt. */
export const SLIP_CHANCE = 0.06;
/** Accuracy that an agent without rules is meant to have. */
const BASE_ACCURACY = 0.435;
/** Chance to read a convention right that a model knows by itself. */
const KNOWN_CHANCE = 0.97;
const STEPS = 24;
const ROUNDS = 4;

/** Chance that an agent which was not told this convention reads it right in one run on this task. */
export function guessChance(luck: Luck, seed: string, task: string, convention: string): number {
  const { mean, spread, known } = luck;
  if (known?.includes(convention) === true) return KNOWN_CHANCE;
  const isLucky = unitOf('luck', seed, task, convention) < mean;
  return isLucky ? mean + spread * (1 - mean) : mean * (1 - spread);
}

/** Chance that an agent without rules succeeds in one run. */
export function baseChance(luck: Luck, seed: string, { text, needs }: Task): number {
  return needs.reduce((chance, need) => chance * guessChance(luck, seed, text, need), 1 - SLIP_CHANCE);
}

/** Mean success, and the share of outcome variance that sits between tasks, of an agent without rules. */
export function difficulty(luck: Luck, seed: string, tasks: readonly Task[]): { mean: number; icc: number } {
  const chances = tasks.map((task) => baseChance(luck, seed, task));
  const mean = chances.reduce((sum, chance) => sum + chance, 0) / chances.length;
  const within = chances.reduce((sum, chance) => sum + chance * (1 - chance), 0) / chances.length;
  return { mean, icc: 1 - within / (mean * (1 - mean)) };
}

/** The luck under which these tasks have the wanted difficulty and intraclass correlation, as nearly as they can. */
export function tunedLuck(seed: string, tasks: readonly Task[], icc: number): Luck {
  let luck: Luck = { mean: 0.4, spread: 0.5 };
  for (let round = 0; round < ROUNDS; round += 1) {
    luck = {
      ...luck,
      mean: bisect((mean) => difficulty({ ...luck, mean }, seed, tasks).mean, BASE_ACCURACY),
    };
    luck = { ...luck, spread: bisect((spread) => difficulty({ ...luck, spread }, seed, tasks).icc, icc) };
  }
  return luck;
}

/** Where a rising function of [0, 1] reaches a value. */
function bisect(of: (x: number) => number, wanted: number): number {
  let [low, high] = [0, 1];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (low + high) / 2;
    if (of(middle) < wanted) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
