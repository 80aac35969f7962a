/**
 * Increment of a served rule: `G = (Z − π)(y − m)/max(π, 1−π)`, E[G] = min(π, 1−π)·lift, in [-1, 1]. A missing outcome
 * counts as G = 0.
 *
 * @param injected Z, the unit's coin
 * @param propensity π, logged probability of injection, in (0, 1)
 * @param outcome y in [0, 1]
 * @param prediction m in [0, 1], from the past only
 */
export function onlineIncrement(
  injected: boolean,
  propensity: number,
  outcome: number,
  prediction: number,
): number {
  const residual = (injected ? 1 : 0) - propensity;
  return (residual * (outcome - prediction)) / Math.max(propensity, 1 - propensity);
}
