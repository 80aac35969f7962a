/** What became of a prediction; `unknown` = the trials do not tell. */
export const PREDICTION_RESULTS = ['came_true', 'did_not', 'unknown'] as const;
export type PredictionResult = (typeof PREDICTION_RESULTS)[number];

/** A lesson's predictions beside what its trials showed. Nothing is decided upon it. */
export interface PredictionScore {
  readonly fixes: readonly { readonly signature: string; readonly result: PredictionResult }[];
  readonly risks: readonly { readonly slice: string; readonly result: PredictionResult }[];
  /** Slices that it probably harms, which were not predicted. */
  readonly missed: readonly string[];
}
