/** One candidate's evidence in a family of K. */
export interface FamilyMember {
  readonly logE: number;
  /** Error level of its period; default the family's α. */
  readonly alpha?: number;
  /** Prior weight; weights of the family sum to at most 1. Default 1/K. */
  readonly weight?: number;
  /** False while another key is unmet: it is not promoted and lends no rank. Default true. */
  readonly eligible?: boolean;
}

/**
 * Log threshold that a member's E must reach so that P(any false promotion in the family) ≤ α (weighted union bound over
 * e-values, Ville for each): `ln(1/(w·α))`.
 */
export function eBonferroniLogThreshold(alpha: number, weight: number): number {
  return -Math.log(alpha * weight);
}

/**
 * e-Bonferroni: members whose E reaches 1/(w_j·α_j).
 *
 * @param size K, fixed before any outcome is seen; default the number of members
 * @returns indices, ascending
 */
export function eBonferroni(
  members: readonly FamilyMember[],
  alpha: number,
  size: number = members.length,
): number[] {
  return members.flatMap((member, index) => {
    const threshold = eBonferroniLogThreshold(member.alpha ?? alpha, member.weight ?? 1 / size);
    return (member.eligible ?? true) && member.logE >= threshold ? [index] : [];
  });
}
