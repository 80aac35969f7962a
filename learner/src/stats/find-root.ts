/** Share of the width by which an estimate is moved towards the middle: 0.1 of its square. */
const TRUNCATION = 0.1;

/**
 * The point where a decreasing function changes its sign, between a point where it is above 0 and one where it is not.
 * Never more steps than halving takes, on smooth functions a quarter of them: interpolate, truncate, project (ITP, Oliveira
 * and Takahashi 2020).
 *
 * @param low where the function is above 0
 * @param high where it is 0 or below
 * @param resolution width at which the search ends
 * @returns a point at most `resolution` below the root where the function is above 0
 */
export function findRoot(
  decreasing: (x: number) => number,
  low: number,
  high: number,
  resolution: number,
): number {
  let [above, below] = [low, high];
  let [valueAbove, valueBelow] = [decreasing(low), decreasing(high)];
  const halvings = Math.ceil(Math.log2((high - low) / resolution)) + 1;
  for (let step = 0; below - above > resolution; step += 1) {
    const width = below - above;
    const middle = above + width / 2;
    if (middle === above || middle === below) break;
    const chord = above + (width * valueAbove) / (valueAbove - valueBelow);
    const side = Math.sign(middle - chord);
    const shift = TRUNCATION * width ** 2;
    const truncated = shift <= Math.abs(middle - chord) ? chord + side * shift : middle;
    const radius = (resolution / 2) * 2 ** (halvings - step) - width / 2;
    const x = Math.abs(truncated - middle) <= radius ? truncated : middle - side * radius;
    const value = decreasing(x);
    if (value > 0) [above, valueAbove] = [x, value];
    else [below, valueBelow] = [x, value];
  }
  return above;
}
