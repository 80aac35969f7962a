import { parseArgs } from 'node:util';
import { TASK_COUNTS, type TaskCounts } from '../world/world.ts';

/** Variants that must show no gain: they prove that the gain comes from the lessons and from nothing else. */
export const CONTROLS = ['shuffled-labels', 'renamed-vocabulary'] as const;
export type Control = (typeof CONTROLS)[number];

export interface ExperimentOptions {
  readonly seed: number;
  readonly counts: TaskCounts;
  /** Rounds of: train on fresh tasks, learn. Early small rounds cost fewer trials than one big one. */
  readonly rounds: number;
  /** Trials that validation may spend per round. */
  readonly runsBudget: number;
  /** Runs per sealed task and side. */
  readonly repeats: number;
  /** Runs of the agent at the same time. */
  readonly concurrency: number;
  readonly control: Control | undefined;
  /** Also measure the agent with every right rule written into its prompt: what could be gained at most. */
  readonly oracle: boolean;
}

export interface DemoOptions extends ExperimentOptions {
  readonly json: boolean;
  /** Leave the service running at the end. */
  readonly keep: boolean;
}

const ROUNDS = 3;
const RUNS_BUDGET = 1_200;
const CONCURRENCY = 8;

export const DEMO_USAGE: string = `npm run demo -- [options]
  --seed N          draw another world (default 1)
  --json            print one JSON object
  --keep            leave the service up to look around
  --rounds N        rounds of training and learning (default ${ROUNDS})
  --budget N        trials per round (default ${RUNS_BUDGET})
  --repeats N       runs per sealed task and side (default 1)
  --oracle          also measure with every right rule in the prompt
  --control NAME    ${CONTROLS.join(' | ')}`;

/** Options of the demo's command line. @throws Error with the usage when they are not understood */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  const { values } = parsed(args);
  return {
    seed: integer('seed', values.seed ?? '1', 0),
    counts: TASK_COUNTS,
    rounds: integer('rounds', values.rounds ?? String(ROUNDS), 1),
    runsBudget: integer('budget', values.budget ?? String(RUNS_BUDGET), 1),
    repeats: integer('repeats', values.repeats ?? '1', 1),
    concurrency: CONCURRENCY,
    control: controlNamed(values.control),
    oracle: values.oracle ?? false,
    json: values.json ?? false,
    keep: values.keep ?? false,
  };
}

function parsed(args: readonly string[]): {
  readonly values: {
    readonly seed?: string;
    readonly rounds?: string;
    readonly budget?: string;
    readonly repeats?: string;
    readonly control?: string;
    readonly oracle?: boolean;
    readonly json?: boolean;
    readonly keep?: boolean;
  };
} {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        rounds: { type: 'string' },
        budget: { type: 'string' },
        repeats: { type: 'string' },
        control: { type: 'string' },
        oracle: { type: 'boolean' },
        json: { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${DEMO_USAGE}`, {
      cause: error,
    });
  }
}

export function integer(name: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= min) return value;
  throw new Error(`--${name}: expected an integer of at least ${min}, got "${text}"`);
}

export function controlNamed(name: string | undefined): Control | undefined {
  if (name === undefined) return undefined;
  const found = CONTROLS.find((control) => control === name);
  if (found === undefined)
    throw new Error(`--control: expected one of ${CONTROLS.join(', ')}, got "${name}"`);
  return found;
}
