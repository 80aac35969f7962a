import type { Lift } from '../online/lift.ts';
import type { EffectView } from '../online/watch-view.ts';
import { welchFromMoments } from '../stats/welch.ts';
import type { ArmSample } from './injection-reader.ts';

/** Two-sided level at which an interval of 95 % excludes no effect. */
const CONFIDENT_P = 0.05;

/** What knowledge changes, by a hold-out. Outcomes and lifts in score units. */
export interface LiftReport {
  /** Mean outcome with and without; `null` without outcomes. */
  readonly treatmentAvg: number | null;
  readonly controlAvg: number | null;
  /** Units with an outcome. */
  readonly treatmentCount: number;
  readonly controlCount: number;
  /** Units without one. */
  readonly missing: number;
  /** Interval of 95 %, valid however often one looks. `null` while an arm has no outcome. */
  readonly lift: Lift | null;
  /** The interval excludes no effect. */
  readonly significant: boolean;
  /** Welch's t test as other tools report it: right only for whoever looks once. `null` with fewer than two units in an arm. */
  readonly welch: { readonly p: number; readonly significant: boolean } | null;
  readonly recommendation: string;
}

/** Sentences as agentlearn has them for the first three. */
const RECOMMENDATIONS = {
  unknown: 'Not enough data. Need both treatment and control traces.',
  helps: 'Knowledge injection is helping',
  doubtful: 'Knowledge injection may not be providing value',
  harms: 'Knowledge injection is doing harm: look at "tracelore knowledge audit"',
} as const;

/** The whole layer, or one rule, with its recommendation. `samples` only where the hold-out's share never changed. */
export function reportLift(
  effect: EffectView | null,
  samples?: { readonly injected: ArmSample; readonly withheld: ArmSample },
): LiftReport {
  if (effect === null) return { ...NOTHING, recommendation: RECOMMENDATIONS.unknown };
  const { with: treatment, without: control, lift } = effect;
  const significant = lift !== null && (lift.low > 0 || lift.high < 0);
  return {
    treatmentAvg: treatment.outcome,
    controlAvg: control.outcome,
    treatmentCount: treatment.units,
    controlCount: control.units,
    missing: treatment.missing + control.missing,
    lift,
    significant,
    welch: samples === undefined ? null : welchOf(samples),
    recommendation: RECOMMENDATIONS[verdictOf(lift)],
  };
}

function verdictOf(lift: Lift | null): keyof typeof RECOMMENDATIONS {
  if (lift === null) return 'unknown';
  if (lift.low > 0) return 'helps';
  return lift.high < 0 ? 'harms' : 'doubtful';
}

const NOTHING = {
  treatmentAvg: null,
  controlAvg: null,
  treatmentCount: 0,
  controlCount: 0,
  missing: 0,
  lift: null,
  significant: false,
  welch: null,
} as const;

function welchOf({
  injected,
  withheld,
}: {
  readonly injected: ArmSample;
  readonly withheld: ArmSample;
}): LiftReport['welch'] {
  if (injected.n < 2 || withheld.n < 2) return null;
  const p = welchFromMoments(withheld, injected).twoSided;
  return { p, significant: p < CONFIDENT_P };
}
