import type { Provenance, Rule } from '../knowledge/rule.ts';

/** Failed runs that must speak for a rule before it may be tested without a person. */
export const CORROBORATING_RUNS_MIN = 3;
/** Principals that they must come from. */
export const CORROBORATING_PRINCIPALS_MIN = 2;
/** Most of these runs that may be one principal's, as a share. */
export const PRINCIPAL_SHARE_MAX = 0.5;

/** Failed runs that speak for a rule: run id → principal, '' = the application as a whole. */
export type SupportingRuns = ReadonlyMap<string, string>;

/** Why strangers' words are not enough yet, or `undefined` when enough independent runs say the same. */
export function corroborationProblem(runs: SupportingRuns): string | undefined {
  const counts = countByPrincipal(runs);
  const largest = Math.max(0, ...counts.values());
  if (runs.size < CORROBORATING_RUNS_MIN || counts.size < CORROBORATING_PRINCIPALS_MIN)
    return `${runs.size} failed run(s) of ${counts.size} user(s) speak for it; it takes ${CORROBORATING_RUNS_MIN} of ${CORROBORATING_PRINCIPALS_MIN}`;
  if (largest > runs.size * PRINCIPAL_SHARE_MAX)
    return `${largest} of the ${runs.size} failed runs that speak for it are one user's; at most half may be`;
  return undefined;
}

/**
 * Whether a rule needs corroboration: it rests on the words of a tool or a user, or nobody knows on whose. What checks and
 * the agent itself said needs none.
 */
export function needsCorroboration({ taint }: Pick<Provenance, 'taint'>): boolean {
  return taint !== 'check' && taint !== 'model';
}

/**
 * Prior weight of a candidate in a cycle's error budget, unscaled: 1 + ln(failed runs that speak for it), if they are of two
 * principals at least, else 1. It shifts error budget between candidates, never adds any.
 */
export function priorWeight(runs: SupportingRuns): number {
  const isShared = countByPrincipal(runs).size >= CORROBORATING_PRINCIPALS_MIN;
  return isShared ? 1 + Math.log(runs.size) : 1;
}

/**
 * The one principal whose words alone a rule in force rests on; `undefined` when there are several or none is named, when no
 * stranger taught it, and when a person answers for it. Whoever is named has at most one rule in an answer.
 */
export function soleSource({
  provenance,
  approvedBy,
}: Pick<Rule, 'provenance' | 'approvedBy'>): string | undefined {
  if (provenance.origin !== 'analyzer' || approvedBy !== undefined || !needsCorroboration(provenance))
    return undefined;
  const principals = new Set(provenance.evidence.map(({ principal }) => principal));
  return principals.size === 1 ? [...principals][0] : undefined;
}

function countByPrincipal(runs: SupportingRuns): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const principal of runs.values()) counts.set(principal, (counts.get(principal) ?? 0) + 1);
  return counts;
}
