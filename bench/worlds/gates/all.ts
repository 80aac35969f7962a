import { FIXED_DESIGNS, CONFIRMED_GATES } from './designs.ts';
import type { Gate } from './gate.ts';
import { OUR_GATES } from './ours.ts';
import { RIVAL_GATES } from './rivals.ts';

const GATES: readonly Gate[] = [...OUR_GATES, ...CONFIRMED_GATES, ...RIVAL_GATES, ...FIXED_DESIGNS];

/** The gate of this name, as children are told which one to run. */
export function gateNamed(name: string): Gate {
  const found = GATES.find((gate) => gate.name === name);
  if (found === undefined) throw new Error(`no gate is named ${name}`);
  return found;
}
