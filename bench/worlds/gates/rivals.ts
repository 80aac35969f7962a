import { agentlearnAsCoded, agentlearnAsDocumented } from './agentlearn.ts';
import { axEvolveGate } from './ax-evolve.ts';
import { fixedMcnemarGate } from './fixed-mcnemar.ts';
import type { Gate } from './gate.ts';
import { greedyGate } from './greedy.ts';
import { paceGate } from './pace.ts';

/** Pairs at which the fixed design finds about as much as ours. */
const FIXED_PAIRS = 120;

/** Gates of others, written from their descriptions. */
export const RIVAL_GATES: readonly Gate[] = [
  agentlearnAsCoded,
  agentlearnAsDocumented,
  greedyGate,
  axEvolveGate,
  paceGate,
  fixedMcnemarGate(FIXED_PAIRS),
];
