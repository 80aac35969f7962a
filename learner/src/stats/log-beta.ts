/** Stirling's series is exact to double precision from here on. */
const SERIES_FROM = 16;

/** Natural log of Γ(x), x > 0: recurrence up to {@link SERIES_FROM}, then Stirling's series. */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma: expected a number above 0, got ${x}`);
  let product = 1;
  let z = x;
  while (z < SERIES_FROM) {
    product *= z;
    z += 1;
  }
  const square = 1 / (z * z);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** Natural log of the beta function B(a, b), a and b > 0. */
export function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
