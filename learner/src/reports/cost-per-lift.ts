import type { EffectView } from '../online/watch-view.ts';

/** Tokens that learning and its rules took, and what they are worth in USD; `null` = a price is not known. */
export interface Spending {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number | null;
}

/** What knowledge cost, and what for. */
export interface CostReport {
  /** Start of what is counted, ISO time: the first unit of the present hold-out. `null` = there is none yet. */
  readonly since: string | null;
  /** Analyzer and judge in learning passes. The judge of eval cases is not counted: its answers tell no usage. */
  readonly learner: Spending;
  /** The user's agent in trials of rules. */
  readonly trials: Spending;
  /** Rule texts in the prompts of agents, without the frame around them. */
  readonly prompts: Spending;
  readonly total: Spending;
  /** Successes that would have been failures without knowledge, with the interval of the lift. `null` = not known. */
  readonly extraSuccesses: Range | null;
  /** `null` = not known, or there is no sign of a gain. */
  readonly tokensPerExtraSuccess: CostRange | null;
  readonly usdPerExtraSuccess: CostRange | null;
}

export interface Range {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** `high` is `null` when the gain may be none at all: then no price is too high to be excluded. */
export interface CostRange {
  readonly estimate: number;
  readonly low: number;
  readonly high: number | null;
}

const NO_SPENDING: Spending = { inputTokens: 0, outputTokens: 0, usd: 0 };

export function costPerLift(
  spent: Pick<CostReport, 'since' | 'learner' | 'trials' | 'prompts'>,
  layer: EffectView | null,
): CostReport {
  const total = [spent.learner, spent.trials, spent.prompts].reduce(addSpending, NO_SPENDING);
  const lift = layer?.lift ?? null;
  const units = layer?.with.units ?? 0;
  const extraSuccesses =
    lift === null
      ? null
      : { estimate: lift.estimate * units, low: lift.low * units, high: lift.high * units };
  return {
    ...spent,
    total,
    extraSuccesses,
    tokensPerExtraSuccess: perSuccess(total.inputTokens + total.outputTokens, extraSuccesses),
    usdPerExtraSuccess: total.usd === null ? null : perSuccess(total.usd, extraSuccesses),
  };
}

/** A cost in `estimate` of this many successes: the fewer there were, the dearer each. */
function perSuccess(cost: number, extra: Range | null): CostRange | null {
  if (extra === null || extra.estimate <= 0) return null;
  return {
    estimate: cost / extra.estimate,
    low: cost / extra.high,
    high: extra.low > 0 ? cost / extra.low : null,
  };
}

export function addSpending(a: Spending, b: Spending): Spending {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    usd: a.usd === null || b.usd === null ? null : a.usd + b.usd,
  };
}
