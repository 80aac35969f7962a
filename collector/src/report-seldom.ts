/**
 * Passes on at most one report per interval: a store that is down fails every request in the same way, and one line says
 * it. What is left out is counted elsewhere.
 */
export function reportSeldom(
  report: (error: unknown) => void,
  intervalMs: number,
  now: () => number,
): (error: unknown) => void {
  let nextAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (now() < nextAt) return;
    nextAt = now() + intervalMs;
    report(error);
  };
}
