import type { RunSummary, StoredOutcome } from '@tracelore/collector/store';

/** How a run went, in agentlearn's words. */
export const OUTCOME_STATUSES = ['success', 'failure', 'partial'] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** A score from here on is a success; from the second on partial. What says passed or failed without a score is taken at its word. */
export const SUCCESS_MIN = 0.8;
export const PARTIAL_MIN = 0.4;

export function outcomeStatus({ score, passed }: Pick<StoredOutcome, 'score' | 'passed'>): OutcomeStatus {
  if (score === null) return passed === true ? 'success' : 'failure';
  if (score >= SUCCESS_MIN) return 'success';
  return score >= PARTIAL_MIN ? 'partial' : 'failure';
}

/** How far the engine is. */
export interface EngineStatus {
  readonly knowledgeActive: number;
  readonly knowledgeCandidate: number;
  readonly knowledgeDeprecated: number;
  readonly knowledgeTotal: number;
  readonly tracesTotal: number;
  readonly tracesSuccess: number;
  readonly tracesFailure: number;
  readonly tracesPartial: number;
  /** Failed runs that no analyzer has seen. */
  readonly tracesUnanalyzed: number;
  readonly evalCases: number;
  readonly avgEffectiveness: number;
  /** Share of successes among the oldest and the newest ten of at most 200 runs; `null` below ten. No proof of anything. */
  readonly baselineAccuracy: number | null;
  readonly currentAccuracy: number | null;
  readonly improvement: number | null;
  readonly nextMilestones: readonly string[];
}

/** Runs that accuracy is read from, and how many at each end. */
export const TREND_RUNS_MAX = 200;
const TREND_ENDS = 10;
const TRACES_TO_LEARN = 20;
const TRACES_FOR_PATTERNS = 50;
const CASES_TO_VALIDATE = 5;

export interface StatusFacts {
  readonly knowledge: Pick<
    EngineStatus,
    'knowledgeActive' | 'knowledgeCandidate' | 'knowledgeDeprecated' | 'knowledgeTotal'
  >;
  readonly traces: Pick<
    EngineStatus,
    'tracesTotal' | 'tracesSuccess' | 'tracesFailure' | 'tracesPartial' | 'tracesUnanalyzed'
  >;
  readonly evalCases: number;
  readonly avgEffectiveness: number;
  /** Newest first, at most {@link TREND_RUNS_MAX}. */
  readonly runs: readonly Pick<RunSummary, 'outcome'>[];
}

export function engineStatus({ knowledge, traces, runs, ...rest }: StatusFacts): EngineStatus {
  const isEnough = runs.length >= TREND_ENDS;
  const baselineAccuracy = isEnough ? successShare(runs.slice(-TREND_ENDS)) : null;
  const currentAccuracy = isEnough ? successShare(runs.slice(0, TREND_ENDS)) : null;
  return {
    ...knowledge,
    ...traces,
    ...rest,
    baselineAccuracy,
    currentAccuracy,
    improvement:
      baselineAccuracy === null || currentAccuracy === null ? null : currentAccuracy - baselineAccuracy,
    nextMilestones: milestones(traces.tracesTotal, rest.evalCases, knowledge.knowledgeActive),
  };
}

function successShare(runs: StatusFacts['runs']): number {
  const successes = runs.filter(({ outcome }) => outcome !== null && outcomeStatus(outcome) === 'success');
  return successes.length / runs.length;
}

function milestones(traces: number, cases: number, active: number): string[] {
  return [
    ...(traces < TRACES_TO_LEARN
      ? [`Collect ${TRACES_TO_LEARN - traces} more traces to start learning`]
      : []),
    ...(cases < CASES_TO_VALIDATE
      ? [`Add ${CASES_TO_VALIDATE - cases} more eval cases to enable validation`]
      : []),
    ...(active === 0 ? ['Run `engine.learn()` to extract your first knowledge'] : []),
    ...(traces >= TRACES_TO_LEARN && traces < TRACES_FOR_PATTERNS
      ? [`Collect ${TRACES_FOR_PATTERNS - traces} more traces to unlock batch pattern analysis`]
      : []),
  ];
}
