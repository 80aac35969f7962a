import type { Prediction } from '../knowledge/rule.ts';
import { guardSlices } from '../stats/slice-guard.ts';
import { meanLift, varianceOf } from './evidence.ts';
import type { PredictionResult, PredictionScore } from './prediction-result.ts';
import { slicePairsMin } from './slices.ts';
import type { RaceSettings } from './race-options.ts';
import type { Contender } from './race-state.ts';
import type { CandidateVerdict } from './validator.ts';

/** Trials are of cases like the failures that taught the rule: about other kinds of failures they say nothing. */
const OF_FIX: Readonly<Partial<Record<CandidateVerdict, PredictionResult>>> = {
  promoted: 'came_true',
  futile: 'did_not',
  harmful: 'did_not',
};

/** Scores what was predicted of a contender; `null` = nothing was. */
export function scorePrediction(contender: Contender, settings: RaceSettings): PredictionScore | null {
  const { predicted, signature } = contender.rule.provenance;
  if (predicted === undefined) return null;
  const verdict = contender.status === 'active' ? 'deferred' : contender.status;
  return {
    fixes: predicted.fixes.map((fix) => ({
      signature: fix,
      result: (fix === signature ? OF_FIX[verdict] : undefined) ?? 'unknown',
    })),
    ...scoreRisks(predicted, contender, settings),
  };
}

function scoreRisks(
  { risks }: Prediction,
  { evidence }: Contender,
  settings: RaceSettings,
): Pick<PredictionScore, 'risks' | 'missed'> {
  const samples = Object.entries(evidence.slices).map(([name, slice]) => ({
    name,
    n: slice.n,
    mean: meanLift(slice),
    variance: varianceOf(slice),
  }));
  const known = new Set(samples.filter(({ n }) => n >= slicePairsMin(settings)).map(({ name }) => name));
  const harmed = guardSlices(samples).flatMap(({ name, blocked }) =>
    blocked && known.has(name) ? [name] : [],
  );
  return {
    risks: risks.map((slice) => ({
      slice,
      result: !known.has(slice) ? 'unknown' : harmed.includes(slice) ? 'came_true' : 'did_not',
    })),
    missed: harmed.filter((name) => !risks.includes(name)),
  };
}
