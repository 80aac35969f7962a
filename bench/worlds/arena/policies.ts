import { RIVAL_GATES } from '../gates/rivals.ts';
import { ourPolicy } from './ours.ts';
import type { Policy } from './policy.ts';
import { ALL_CANDIDATES, gatePolicy, NO_LEARNING, ORACLE, RANDOM_CANDIDATES } from './rivals.ts';

export const OUR_RACE: Policy = ourPolicy('ours, pairs that race', { mode: 'race' });
export const OUR_FACTORIAL: Policy = ourPolicy('ours, factorial', { mode: 'factorial' });
/** The worlds' ends: every gain is between these. */
export const ENDS: readonly Policy[] = [NO_LEARNING, ORACLE];

export const POLICIES: readonly Policy[] = [
  ...ENDS,
  OUR_RACE,
  OUR_FACTORIAL,
  ...RIVAL_GATES.map(gatePolicy),
  ALL_CANDIDATES,
  RANDOM_CANDIDATES,
];

/** The policy of this name, as children are told which one to run. */
export function policyNamed(name: string): Policy {
  const found = POLICIES.find((policy) => policy.name === name);
  if (found === undefined) throw new Error(`no policy is named ${name}`);
  return found;
}
