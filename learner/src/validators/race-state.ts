import type { ComparedRuns, JudgedRun } from './compared-runs.ts';
import { itemReference } from '@tracelore/sdk/contract';
import type { EvalCase } from '../evals/eval-case.ts';
import { orderByText } from '../knowledge/order-by-text.ts';
import type { Rule } from '../knowledge/rule.ts';
import { fixesNothing } from '../replays/run-replay.ts';
import type { Replicates } from '../stats/intraclass.ts';
import type { RuleReference } from '../trials/trial-runner.ts';
import type { Behaviour, ComparedTrial } from './behaviour.ts';
import { CRITICAL_TASK, type Reruns } from './critical-task.ts';
import { startEvidence, type Evidence } from './evidence.ts';
import { TRIGGERED_TASKS_MIN, type RaceSettings } from './race-options.ts';
import { heldOutCases, renderBlocks, triggeredCases, type Blocks } from './triggered-cases.ts';
import type { CandidateVerdict, ValidationInput } from './validator.ts';

/** One candidate in the race. Plain data, changed only between two calls of the runner. */
export interface Contender {
  readonly rule: Rule;
  /** Rule in force that it is tested in the place of; undefined also once that one is no longer in force. */
  replaces: Rule | undefined;
  status: 'active' | CandidateVerdict;
  reason: string;
  /** False: it never competed and does not count in K. */
  readonly entered: boolean;
  /** Share of the cycle's error level it was given before any outcome was seen. */
  weight: number;
  /** Cases not made from a run that taught it. */
  readonly heldOut: number;
  /** Ids of the cases where it changes the agent's text under the rules in force. */
  triggered: readonly string[];
  /** From 0; every restart starts another. */
  period: number;
  /** First round of the period. */
  roundFirst: number;
  /** Runs on through restarts: each pass has an order of its own. */
  pass: number;
  /** First pass of the current period. */
  passFirst: number;
  /** Cases drawn in the current pass. */
  drawn: string[];
  /** Pairs so far by case and text of the rules in force: no cached baseline is ever used twice by one candidate. */
  readonly turns: Record<string, number>;
  /** Pairs tried in the current period, void ones included. */
  attempts: number;
  evidence: Evidence;
  /** Lift that its futility is asked about. */
  mde: number;
  /** Cases whose baseline text changed since the period began. */
  changed: string[];
  voidPairs: { baseline: number; treatment: number };
  /** Of all periods. */
  readonly compared: ComparedRuns;
  runs: { treatment: number; baseline: number; confirm: number };
  confirmedLift: number | null;
  /** References of the rules in force when its evidence was judged. */
  incumbents: readonly string[];
  /** Promoted rule that it left the cycle for, and what that was decided on. */
  yieldsTo: { readonly rule: RuleReference; readonly behaviour: Behaviour } | undefined;
}

/** A cached baseline: scores of the judged runs of one (case, turn, block). */
export interface Baseline {
  readonly scores: readonly number[];
  readonly runs: readonly JudgedRun[];
  /** Trials started before it. */
  readonly atRun: number;
}

function replacedBy(candidate: Rule, { replaces, incumbents }: ValidationInput): Rule | undefined {
  const named = replaces?.(candidate);
  return named && incumbents.find(({ id, version }) => id === named.id && version === named.version);
}

/** Judged outcomes and how many. */
export interface OutcomeSum {
  readonly n: number;
  readonly sum: number;
}

/** State of a cycle. Plain data: with the seed and the outcomes of the trials it determines everything that follows. */
export interface Race {
  readonly cases: Readonly<Record<string, EvalCase>>;
  readonly contenders: readonly Contender[];
  /** Candidates that entered: the K of the bound. */
  readonly size: number;
  /** Control that is compared with itself. */
  sentinel: Contender | undefined;
  inForce: { readonly rules: readonly Rule[]; readonly blocks: Blocks };
  baselines: Record<string, Baseline>;
  /** Factorial mode: judged outcomes so far by case and block, and of all trials. */
  outcomes: Record<string, OutcomeSum>;
  allOutcomes: OutcomeSum;
  /** Factorial mode: trials of each case so far. */
  draws: Record<string, number>;
  /** Baseline outcomes by case and block, for the intraclass correlation. */
  replicates: Record<string, Replicates>;
  /** What trials cost as far as it was looked up, USD by trial id. */
  readonly costs: Map<string, number>;
  /** Ids of the critical tasks. */
  readonly critical: readonly string[];
  /** Of critical tasks that flipped, by contender, period and case. */
  reruns: Record<string, Reruns>;
  runsUsed: number;
  round: number;
  /** Pairs planned so far. */
  pairs: number;
  /** Every trial of the rounds so far, in the order of their plan. */
  readonly trials: ComparedTrial[];
  /** Trials in a row without a judgement. */
  voidStreak: number;
  /** Lift worth finding; lowered once by the ladder. */
  mde: number;
}

/** Sets up a cycle: which candidates enter, on which cases. */
export async function startRace(input: ValidationInput, settings: RaceSettings): Promise<Race> {
  const blocks = await renderBlocks(input.cases, input.incumbents, input.render);
  const inForce = { rules: [...input.incumbents], blocks };
  const known = new Set(input.incumbents.map(itemReference));
  const contenders: Contender[] = [];
  for (const rule of orderByText(input.candidates)) {
    const turnedDown = known.has(itemReference(rule)) ? ALREADY_THERE : fixesNothingOf(rule, input);
    known.add(itemReference(rule));
    contenders.push(await startContender(rule, input, inForce, settings, turnedDown));
  }
  const entered = contenders.filter((contender) => contender.entered);
  const weights = entered.map((contender) => settings.weight?.(contender.rule) ?? 1);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, contender] of entered.entries()) {
    const weight = weights[index] ?? 0;
    if (!(weight > 0 && weight < Infinity))
      throw new RangeError(`weight of rule ${contender.rule.id}: expected a number above 0, got ${weight}`);
    contender.weight = weight / total;
  }
  return {
    cases: Object.fromEntries(input.cases.map((each) => [each.id, each])),
    contenders,
    size: entered.length,
    sentinel: undefined,
    inForce,
    baselines: {},
    replicates: {},
    costs: new Map(),
    critical: input.cases.filter(({ tags }) => tags.includes(CRITICAL_TASK)).map(({ id }) => id),
    reruns: {},
    outcomes: {},
    allOutcomes: { n: 0, sum: 0 },
    draws: {},
    runsUsed: 0,
    round: 0,
    pairs: 0,
    trials: [],
    voidStreak: 0,
    mde: settings.mde,
  };
}

/** Why a rule is not tested a second time. */
const ALREADY_THERE = 'this version is already in force or in this cycle';

function fixesNothingOf({ id, version }: Rule, { replays = [] }: ValidationInput): string | undefined {
  return fixesNothing(replays.filter((one) => one.ruleId === id && one.ruleVersion === version));
}

async function startContender(
  rule: Rule,
  input: ValidationInput,
  inForce: Race['inForce'],
  settings: RaceSettings,
  turnedDown: string | undefined,
): Promise<Contender> {
  const replaces = replacedBy(rule, input);
  const triggered =
    turnedDown === undefined ? await triggeredCases(rule, input.cases, inForce, input.render, replaces) : [];
  const entered = triggered.length >= TRIGGERED_TASKS_MIN;
  const status = turnedDown !== undefined ? 'rejected' : entered ? 'active' : 'needs_more_eval';
  return {
    rule,
    replaces,
    status,
    reason: turnedDown ?? tooFewCases(triggered.length),
    entered,
    weight: 0,
    heldOut: heldOutCases(input.cases, rule).length,
    triggered,
    period: 0,
    roundFirst: 0,
    pass: 0,
    passFirst: 0,
    drawn: [],
    turns: {},
    attempts: 0,
    evidence: noEvidence(settings, settings.mde),
    mde: settings.mde,
    changed: [],
    voidPairs: { baseline: 0, treatment: 0 },
    compared: { with: [], without: [] },
    runs: { treatment: 0, baseline: 0, confirm: 0 },
    confirmedLift: null,
    incumbents: inForce.rules.map(itemReference),
    yieldsTo: undefined,
  };
}

/** Evidence of a period that begins. */
export function noEvidence(
  { alpha, baselineRuns, mode }: Pick<RaceSettings, 'alpha' | 'baselineRuns' | 'mode'>,
  mde: number,
): Evidence {
  const isFactorial = mode === 'factorial';
  return startEvidence({
    alpha,
    mde,
    binary: baselineRuns === 1 && !isFactorial,
    scale: isFactorial ? 2 : 1,
  });
}

/** Why a candidate with this many triggered cases cannot be tested. */
export function tooFewCases(triggered: number): string {
  return `it would be given to the agent on ${triggered} held-out eval cases; at least ${TRIGGERED_TASKS_MIN} are needed: add cases like the runs that taught it`;
}

/** Error level of a candidate's current period: halved by every restart. */
export function alphaOf(contender: Contender, settings: RaceSettings): number {
  return settings.alpha * 2 ** -contender.period;
}
