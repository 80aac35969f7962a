import { fixedMcnemarGate } from './fixed-mcnemar.ts';
import type { Gate } from './gate.ts';
import { ourGate } from './ours.ts';

const CONFIRM_RUNS = 1_000;
/** From too few pairs to enough. */
const FIXED_PAIRS = [40, 60, 80, 100, 120, 160] as const;

export const RACE: Gate = ourGate('race', { mode: 'race', confirmRuns: CONFIRM_RUNS });
export const FACTORIAL: Gate = ourGate('factorial', { mode: 'factorial', confirmRuns: CONFIRM_RUNS });
/** Ours as they are when power is measured: with runs to confirm what they promote. */
export const CONFIRMED_GATES: readonly Gate[] = [RACE, FACTORIAL];

/** Fixed designs to compare with. */
export const FIXED_DESIGNS: readonly Gate[] = FIXED_PAIRS.map(fixedMcnemarGate);
