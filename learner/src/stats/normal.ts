const SERIES_BELOW = 3;
const TERMS_MAX = 200;
const NEGLIGIBLE = 1e-17;

/** Standard normal distribution function Φ(x): power series near 0, continued fraction in the tails. */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  const size = Math.abs(x);
  if (size >= SERIES_BELOW) {
    const tail = upperTail(size);
    return x > 0 ? 1 - tail : tail;
  }
  // Φ(x) = ½ + φ(x)·(x + x³/3 + x⁵/15 + …)
  let term = x;
  let sum = x;
  for (let k = 1; k < TERMS_MAX && Math.abs(term) > NEGLIGIBLE; k += 1) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + density(x) * sum;
}

function density(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Mills ratio x + 1/(x + 2/(x + …)), evaluated from the inside. */
function upperTail(x: number): number {
  if (x === Infinity) return 0;
  let fraction = x;
  for (let k = TERMS_MAX; k >= 1; k -= 1) fraction = x + k / fraction;
  return density(x) / fraction;
}
