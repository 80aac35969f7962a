import { inParts, type Pool } from '../pool/pool.ts';
import { gateNamed } from './all.ts';
import { runCycle, worldOf, type CycleOutcome } from './cycle.ts';
import type { Gate } from './gate.ts';

/** Cycles of one job: seconds of work. */
const CYCLES_PER_JOB = 10;

/** What a cycle's world is drawn from: true in-scope lifts, and success without rules. */
export interface DrawnFrom {
  readonly seed: string;
  readonly lifts: readonly number[];
  readonly mean: number;
}

interface CyclesJob {
  readonly gate: string;
  readonly worlds: readonly DrawnFrom[];
  readonly runsBudget: number;
}

/** The job: one cycle of a gate in each of these worlds. */
export async function runCycles({ gate, worlds, runsBudget }: CyclesJob): Promise<readonly CycleOutcome[]> {
  const outcomes: CycleOutcome[] = [];
  for (const { seed, lifts, mean } of worlds)
    outcomes.push(await runCycle(gateNamed(gate), worldOf(seed, lifts, mean), runsBudget));
  return outcomes;
}

/** Runs cycles of a gate; outcomes in the order of the worlds. */
export type Cycles = (
  gate: Gate,
  worlds: readonly DrawnFrom[],
  runsBudget: number,
) => Promise<readonly CycleOutcome[]>;

/** Spreads cycles over the children of a pool, and says which gate's turn it is. */
export function pooledCycles(pool: Pool, say: (text: string) => void): Cycles {
  return async ({ name }, worlds, runsBudget) => {
    say(`${name}: ${worlds.length} cycles`);
    const jobs = inParts(worlds, CYCLES_PER_JOB).map((part) => ({ gate: name, worlds: part, runsBudget }));
    return (await pool.all('cycles', jobs)).flat();
  };
}
