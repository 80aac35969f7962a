import type { Rule } from '../knowledge/rule.ts';

/** Options of the race; every default is the value the simulations of the gate were run with. */
export interface RaceOptions {
  /** Most trials the decisions may use: a hard limit, checked before every batch. */
  readonly runsBudget: number;
  /** Trials for confirmation batches, on top of the budget. Default 0: lifts stay provisional. */
  readonly confirmRuns?: number;
  /**
   * `race`: pairs of a run with and a run without one candidate. `factorial`: every candidate that triggers on a case is
   * included by a fair coin of its own, so that each trial informs about all of them. `auto`: factorial from
   * {@link FACTORIAL_RUNS} trials per candidate on. Default `race`.
   */
  readonly mode?: 'race' | 'factorial' | 'auto';
  /** Error level of the cycle, in (0, 1). Default .05. */
  readonly alpha?: number;
  /** `fwer`: P(any false promotion) ≤ α. `fdr`: expected share of false promotions ≤ α. Default `fwer`. */
  readonly control?: 'fwer' | 'fdr';
  /**
   * Baseline runs averaged per pair. Default 1: for the same number of trials, more pairs find more than sharper ones.
   */
  readonly baselineRuns?: number;
  /** Tasks per batch, one look after each. Default 8. */
  readonly batchTasks?: number;
  /**
   * Candidates whose batches share one call of the runner: more keeps a wide runner busy, fewer spends the budget on the
   * most promising. Default 2.
   */
  readonly lanes?: number;
  /**
   * Passes over the triggered tasks per period. Default 8: what repeated passes prove about these tasks alone, the E over
   * tasks does not let through.
   */
  readonly passesMax?: number;
  /** Pairs per period, and half the trials of a candidate in a period of a factorial cycle. Default 320. */
  readonly pairsMax?: number;
  /** Lift worth finding, score units: below it a candidate is futile. Default .20. */
  readonly mde?: number;
  /** Re-open futile candidates once at {@link ladderMde} when nobody is active and budget is left. Default true. */
  readonly ladder?: boolean;
  /** Default .10. */
  readonly ladderMde?: number;
  /** Least shrunken in-scope lift of a promoted rule, score units. Default .05. */
  readonly liftMin?: number;
  /** Check slices (task tags) for harm before promotion. Default true. */
  readonly sliceGuard?: boolean;
  /**
   * Tags of cases where harm must be ruled out, not merely be unlikely: a rule that triggers on such a case needs
   * {@link CRITICAL_PAIRS} pairs there, and evidence that it lowers outcomes by no more than 10 points. Default none.
   */
  readonly criticalTags?: readonly string[];
  /**
   * Also compare the rules in force with themselves, outside the candidates that count: a cycle in which they differ is
   * void. Costs two pairs per round, or nothing in factorial mode. Default false.
   */
  readonly sentinel?: boolean;
  /** Most tokens that a rule may add to a prompt, net of the rule it replaces. Default: no limit. */
  readonly tokensAddedMax?: number;
  /**
   * Most ms by which a rule may move the 95th percentile of how long runs take; both sides then need
   * 20 timed runs. Default: no limit.
   */
  readonly latencyAddedMaxMs?: number;
  /**
   * Most USD that a rule may add to the mean cost of a run; both sides then need 20 runs whose cost is known. Default: no
   * limit.
   */
  readonly costAddedMaxUsd?: number;
  /**
   * Share of its triggered tasks whose baseline one promotion must change to restart a racing candidate. Below it the
   * evidence is kept; what it then refutes is "no benefit against the rules in force while it was collected". Default
   * .50: at .30, rules that share a third of their tasks used up their periods on each other's promotions.
   */
  readonly restartOverlap?: number;
  /** Periods a candidate may have: one more for every restart. Default 4. */
  readonly periodsMax?: number;
  /** Pairs of a confirmation batch per promoted rule. Default 32. */
  readonly confirmPairs?: number;
  /**
   * A cached baseline is discarded once this many trials were started after it. Default 1 000; in simulated outages
   * (−30 points a quarter of the time) cycles with a false promotion stay at 0.5–2 % from 200 up to 2 000.
   */
  readonly cacheRuns?: number;
  /** Prior weight of a candidate, > 0; scaled to sum 1. Default: all alike. */
  readonly weight?: (rule: Rule) => number;
}

/** Trials per candidate from which `auto` chooses the factorial mode. */
export const FACTORIAL_RUNS = 60;
/** Triggered tasks a candidate needs to be tested at all. */
export const TRIGGERED_TASKS_MIN = 8;
/** E of the task-clustered second key. */
export const CLUSTERED_E_MIN = 10;
export const FUTILITY_E = 10;
export const HARM_E = 20;
/** Share of triggered tasks whose baseline promotions must have changed to re-open a stopped candidate. */
export const REOPEN_OVERLAP = 0.3;
/** Pairs a critical slice needs, and the E against harm beyond the margin. */
export const CRITICAL_PAIRS = 80;
export const CRITICAL_E = 20;
/** E from which pairs are steered to slices that still lack them. */
export const STEER_E = 20;
/** A slice that is perhaps harmed is preferred up to so many times the pairs that every slice needs. */
export const DOUBTFUL_FACTOR = 2;
/** Trials in a row, without one judgement, after which the cycle stops. */
export const VOID_TRIALS_MAX = 48;
/** Void pairs of a candidate from which it is given up, if they outnumber its scored pairs. */
export const VOID_PAIRS_MAX = 32;

export type RaceSettings = Required<Omit<RaceOptions, 'weight' | 'mode'>> &
  Pick<RaceOptions, 'weight'> & { readonly mode: 'race' | 'factorial' };

const DEFAULTS = {
  confirmRuns: 0,
  alpha: 0.05,
  control: 'fwer',
  baselineRuns: 1,
  batchTasks: 8,
  lanes: 2,
  passesMax: 8,
  pairsMax: 320,
  mde: 0.2,
  ladder: true,
  ladderMde: 0.1,
  liftMin: 0.05,
  sliceGuard: true,
  criticalTags: [],
  sentinel: false,
  tokensAddedMax: Number.POSITIVE_INFINITY,
  latencyAddedMaxMs: Number.POSITIVE_INFINITY,
  costAddedMaxUsd: Number.POSITIVE_INFINITY,
  restartOverlap: 0.5,
  periodsMax: 4,
  confirmPairs: 32,
  cacheRuns: 1_000,
} as const;

/**
 * Fills in the defaults and checks everything at once.
 *
 * @param candidates how many are to be tested
 * @throws RangeError that names every option out of range, its value and what was expected
 */
export function resolveRace(options: RaceOptions, candidates: number): RaceSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: RaceSettings = {
    ...DEFAULTS,
    ...options,
    ...given,
    mode: modeOf(options, candidates),
  };
  const problems = [
    ...(['runsBudget', 'confirmRuns'] as const).flatMap((name) => integerProblem(name, settings[name], 0)),
    ...(
      [
        'baselineRuns',
        'batchTasks',
        'lanes',
        'passesMax',
        'pairsMax',
        'periodsMax',
        'confirmPairs',
        'cacheRuns',
      ] as const
    ).flatMap((name) => integerProblem(name, settings[name], 1)),
    ...(['alpha', 'mde', 'ladderMde', 'restartOverlap'] as const).flatMap((name) =>
      shareProblem(name, settings[name]),
    ),
    ...(['tokensAddedMax', 'latencyAddedMaxMs', 'costAddedMaxUsd'] as const).flatMap((name) =>
      settings[name] >= 0 ? [] : [`${name}: expected a number of at least 0, got ${settings[name]}`],
    ),
    ...(settings.liftMin >= 0 && settings.liftMin < 1
      ? []
      : [`liftMin: expected a number in [0, 1), got ${settings.liftMin}`]),
  ];
  if (problems.length > 0) throw new RangeError(`race options: ${problems.join('; ')}`);
  return settings;
}

function modeOf({ mode = 'race', runsBudget }: RaceOptions, candidates: number): RaceSettings['mode'] {
  if (mode !== 'auto') return mode;
  return runsBudget >= FACTORIAL_RUNS * candidates ? 'factorial' : 'race';
}

function integerProblem(name: string, value: number, least: number): string[] {
  if (Number.isSafeInteger(value) && value >= least) return [];
  return [`${name}: expected an integer of at least ${least}, got ${value}`];
}

function shareProblem(name: string, value: number): string[] {
  return value > 0 && value < 1 ? [] : [`${name}: expected a number in (0, 1), got ${value}`];
}
