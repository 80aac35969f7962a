/** Where a served rule stands in one epoch: canary → active → steady, and what may go wrong. */
export const STAGES = ['canary', 'active', 'steady', 'suspect', 'dormant', 'deprecated'] as const;
export type Stage = (typeof STAGES)[number];

/** Stages in which a rule is served, with the share of units it is withheld from, in [0, 1). */
export type StageShares = Readonly<Record<'canary' | 'active' | 'steady' | 'suspect', number>>;

/** Shares of the early stages: half of the units tell most per unit, and cost most if the rule is good. */
const CANARY_SHARE = 0.5;
const ACTIVE_SHARE = 0.2;

/**
 * The shares for a steady hold-out. No stage withholds less than the steady one.
 *
 * @param steady share that remains for ever, in [0, 0.5]; 0 = nothing is ever withheld, and so nothing is measured
 * @param canary share that a new rule is withheld from
 * @param staged false = the steady share from the first unit on: more units get a rule early, harm is seen later
 */
export function stageShares(steady: number, staged: boolean, canary: number = CANARY_SHARE): StageShares {
  if (steady === 0 || !staged) return { canary: steady, active: steady, steady, suspect: steady };
  const early = Math.max(canary, steady);
  return { canary: early, active: Math.max(ACTIVE_SHARE, steady), steady, suspect: early };
}

/** Share of units that do not get the rule now. `cautious`: evidence of harm is gathering, it is withheld as in canary. */
export function withheldShare(stage: Stage, cautious: boolean, shares: StageShares): number {
  if (stage === 'dormant' || stage === 'deprecated') return 1;
  return cautious ? shares.canary : shares[stage];
}
