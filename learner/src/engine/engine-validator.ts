import type { LearnRequest } from '../learn/learn-pass.ts';

/** What a statistical validation can be told. */
export type StatisticalOptions = Pick<
  LearnRequest,
  | 'runsBudget'
  | 'seed'
  | 'alpha'
  | 'control'
  | 'mode'
  | 'criticalTags'
  | 'sentinel'
  | 'tokensAddedMax'
  | 'latencyAddedMaxMs'
  | 'costAddedMaxUsd'
  | 'replays'
  | 'maxRuns'
>;

/** Who decides whether a lesson becomes a rule. */
export type EngineValidator =
  | { readonly name: 'statistical'; readonly options: StatisticalOptions }
  | { readonly name: 'human_in_loop' };

/** Trials of the agent on eval cases, with and without each candidate: promotes with a bound on false promotions. */
export function statisticalValidator(options: StatisticalOptions = {}): EngineValidator {
  return { name: 'statistical', options };
}

/** A person decides about every lesson, through the approval callback or later; nothing is tested. */
export function humanInLoopValidator(): EngineValidator {
  return { name: 'human_in_loop' };
}
