import { OUTCOME_SOURCES, type OutcomeSource } from '@tracelore/sdk/contract';
import { betaPosterior, type BetaPosterior } from '../stats/judge-correction.ts';

/** Audited runs that it takes before a signal can be trusted or refused, and how many of them per verdict. */
export const AUDITED_RUNS_MIN = 50;
export const AUDITED_PER_VERDICT_MIN = 10;
/** Below it a signal may rank runs for analysis, never promote or deprecate a rule. */
export const BALANCED_ACCURACY_MIN = 0.7;
/** Most that a signal's accuracy may differ between runs with and without rules, and the runs per arm it takes to say so. */
export const ARM_DIFFERENCE_MAX = 0.1;
export const ARM_RUNS_MIN = 25;

/** Sources that must earn trust before they decide anything. The others are believed until an audit speaks against them. */
const UNTRUSTED_AT_FIRST: ReadonlySet<OutcomeSource> = new Set(['judge']);

/** One run about which a signal and a more trusted one spoke. */
export interface AuditedRun {
  readonly agent: string;
  readonly source: OutcomeSource;
  /** What the signal said. */
  readonly said: boolean;
  /** What the more trusted one said. */
  readonly truth: boolean;
  /** Whether the agent had been given rules. */
  readonly hadRules: boolean;
}

/** `trusted` decides; the others rank only: too few audits, too often wrong, or wrong more often in one arm. */
export type Standing = 'trusted' | 'unaudited' | 'inaccurate' | 'depends_on_arm';

/** How far a signal can be believed about one agent. */
export interface SignalQuality {
  readonly agent: string;
  readonly source: OutcomeSource;
  readonly audited: number;
  /** P(says passed | passed) and P(says failed | failed). */
  readonly sensitivity: BetaPosterior;
  readonly specificity: BetaPosterior;
  readonly balancedAccuracy: number;
  /** Share of right verdicts by arm; null = too few runs. */
  readonly accuracyWithRules: number | null;
  readonly accuracyWithout: number | null;
  readonly standing: Standing;
}

/** Quality of every audited signal, per source and agent, sources in their order of trust. */
export function signalQualities(audits: readonly AuditedRun[]): readonly SignalQuality[] {
  const groups = Map.groupBy(
    audits,
    ({ source, agent }) => `${OUTCOME_SOURCES.indexOf(source)}\u0000${agent}`,
  );
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, runs]) => {
      const [first] = runs;
      return first === undefined ? [] : [qualityOf(first.agent, first.source, runs)];
    });
}

/** Whether a source may promote and deprecate in a project: no agent's audit speaks against it, and one for it if it needs that. */
export function mayDecide(source: OutcomeSource, qualities: readonly SignalQuality[]): boolean {
  const own = qualities.filter((quality) => quality.source === source);
  if (own.some(({ standing }) => standing === 'inaccurate' || standing === 'depends_on_arm')) return false;
  return !UNTRUSTED_AT_FIRST.has(source) || own.some(({ standing }) => standing === 'trusted');
}

function qualityOf(agent: string, source: OutcomeSource, runs: readonly AuditedRun[]): SignalQuality {
  const count = (said: boolean, truth: boolean): number =>
    runs.filter((run) => run.said === said && run.truth === truth).length;
  const sensitivity = betaPosterior(count(true, true), count(false, true));
  const specificity = betaPosterior(count(false, false), count(true, false));
  const balancedAccuracy = (sensitivity.mean + specificity.mean) / 2;
  const accuracyWithRules = accuracy(runs.filter(({ hadRules }) => hadRules));
  const accuracyWithout = accuracy(runs.filter(({ hadRules }) => !hadRules));
  const perVerdict = Math.min(
    count(true, true) + count(true, false),
    count(false, true) + count(false, false),
  );
  const isAudited = runs.length >= AUDITED_RUNS_MIN && perVerdict >= AUDITED_PER_VERDICT_MIN;
  const differs =
    accuracyWithRules !== null &&
    accuracyWithout !== null &&
    Math.abs(accuracyWithRules - accuracyWithout) > ARM_DIFFERENCE_MAX;
  const standing = !isAudited
    ? 'unaudited'
    : balancedAccuracy < BALANCED_ACCURACY_MIN
      ? 'inaccurate'
      : differs
        ? 'depends_on_arm'
        : 'trusted';
  return {
    agent,
    source,
    audited: runs.length,
    sensitivity,
    specificity,
    balancedAccuracy,
    accuracyWithRules,
    accuracyWithout,
    standing,
  };
}

function accuracy(runs: readonly AuditedRun[]): number | null {
  if (runs.length < ARM_RUNS_MIN) return null;
  return runs.filter(({ said, truth }) => said === truth).length / runs.length;
}
