/** A slice is at most so many times as wide as the one before. */
export const SLICE_FACTOR = 10;
/** Narrower slices are not made; of so many matches at once, the newest count, ms. */
export const SLICE_MS_MIN = 1;

/**
 * How wide the next slice of a search is after one of `widthMs` in which `found` runs were, ms: as wide as `wanted` more need
 * where they lie as close as there, with room for two deviations of chance. A slice that is far too wide has its texts read
 * for nothing; one that is a little too narrow costs another few questions.
 */
export function nextWidthMs(widthMs: number, found: number, wanted: number): number {
  const likely = Math.ceil((widthMs * (wanted + 2 * Math.sqrt(wanted) + 1)) / found);
  return Math.max(SLICE_MS_MIN, Math.min(widthMs * SLICE_FACTOR, likely));
}
