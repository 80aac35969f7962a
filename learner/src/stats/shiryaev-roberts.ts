/** Stakes of the detector's mixture. */
export const DETECTOR_STAKES: readonly number[] = [0.2, 0.4, 0.6, 0.9];

/** State of a Shiryaev–Roberts e-detector: plain data. */
export interface Detector {
  readonly observations: number;
  /** One statistic per stake, in the order of {@link DETECTOR_STAKES}. */
  readonly statistics: readonly number[];
}

export function startDetector(): Detector {
  return { observations: 0, statistics: DETECTOR_STAKES.map(() => 0) };
}

/**
 * Adds one increment: `M ← (M + 1)(1 + λ·G)` per stake. Alarming at A gives an average run length of at least A while
 * E[G | past] ≤ 0. To detect a lost benefit, feed −G. Source: e-detectors, arXiv 2203.03532.
 *
 * @param g increment in [-1, 1]
 */
export function detect(detector: Detector, g: number): Detector {
  if (!(g >= -1 && g <= 1)) throw new RangeError(`increment: expected a number in [-1, 1], got ${g}`);
  return {
    observations: detector.observations + 1,
    statistics: detector.statistics.map((m, index) => (m + 1) * (1 + (DETECTOR_STAKES[index] ?? 0) * g)),
  };
}

/** Mean of the statistics over the stakes; compare it with the alarm level. */
export function detectorValue(detector: Detector): number {
  return detector.statistics.reduce((sum, m) => sum + m, 0) / detector.statistics.length;
}
