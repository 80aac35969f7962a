import type { FamilyMember } from './e-bonferroni.ts';

/**
 * e-BH: controls the expected share of false promotions at α (arXiv 2009.02824).
 *
 * `adj_j = logE_j + ln(α_j/α) + ln(K·w_j)`; among eligible members, the largest k whose k-th adj reaches ln(K/(α·k)).
 * Ineligible members must not count towards a rank: they are left out before sorting. Already promoted members stay in
 * the list with the evidence of their promotion, so ranks only grow.
 *
 * @param size K, fixed before any outcome is seen; default the number of members
 * @returns indices, ascending
 */
export function eBh(
  members: readonly FamilyMember[],
  alpha: number,
  size: number = members.length,
): number[] {
  const ranked = members
    .map((member, index) => ({
      index,
      eligible: member.eligible ?? true,
      adjusted:
        member.logE +
        Math.log((member.alpha ?? alpha) / alpha) +
        Math.log(size * (member.weight ?? 1 / size)),
    }))
    .filter((entry) => entry.eligible)
    .sort((a, b) => b.adjusted - a.adjusted || a.index - b.index);
  const last = ranked.findLastIndex(
    (entry, position) => entry.adjusted >= Math.log(size / (alpha * (position + 1))),
  );
  return ranked
    .slice(0, last + 1)
    .map((entry) => entry.index)
    .sort((a, b) => a - b);
}
