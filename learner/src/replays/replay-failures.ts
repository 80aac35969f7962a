import { itemReference, PASS_SCORE_MIN } from '@tracelore/sdk/contract';
import type { EvalCase } from '../evals/eval-case.ts';
import { questionKey } from '../evals/new-case.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { TrialResult, TrialRunner, TrialSpec } from '../trials/trial-runner.ts';
import { treatedRules } from '../validators/triggered-cases.ts';
import { RECORDED_SPANS_MAX, recordedRun, type RecordedRun } from './recorded-run.ts';
import type { RunReplay } from './run-replay.ts';
import type { RunReader } from '../learn/select/select-runs.ts';

/** Failed runs that are replayed for one candidate. */
export const REPLAYS_PER_CANDIDATE = 3;
/** Most replays of a pass: a share of its trials, on top of them, and never more than this. */
export const REPLAY_SHARE = 0.1;
export const REPLAYS_MAX = 100;

export interface ReplayOptions {
  readonly project: string;
  readonly reader: Pick<RunReader, 'readRun'>;
  readonly candidates: readonly Rule[];
  readonly incumbents: readonly Rule[];
  readonly replaces: (candidate: Rule) => Rule | undefined;
  /** Failed runs that taught a candidate, by rule id. */
  readonly taughtBy: ReadonlyMap<string, readonly string[]>;
  /** What is expected of a run's task stands in the case with the same task. */
  readonly cases: readonly EvalCase[];
  /** Whether a judge scores what no case says the answer to. */
  readonly canJudge: boolean;
  readonly hasRunner: (agent: string | undefined) => boolean;
  readonly runner: (cases: readonly EvalCase[]) => TrialRunner;
  readonly render: (task: string, rules: readonly Rule[]) => string;
  readonly prepare: (tasks: readonly string[], rules: readonly Rule[]) => Promise<void>;
  /** Trials of the pass. */
  readonly runsBudget: number;
  /** Under which the replays stand among the trials. */
  readonly group: string;
  readonly signal: AbortSignal;
}

interface Plan {
  readonly rule: Rule;
  readonly runId: string;
}

/** A replay that can be run. */
interface Ready extends Plan {
  readonly spec: TrialSpec;
  readonly evalCase: EvalCase;
}

/**
 * Does the failed runs that taught the candidates again, each candidate among the rules in force, every tool answered from
 * what the run recorded: no tool is run, nothing happens twice. Costs agent runs, at most {@link REPLAY_SHARE} of the
 * pass's trials on top of them.
 */
export async function replayFailures(options: ReplayOptions): Promise<readonly RunReplay[]> {
  const plans = planReplays(options);
  const runs = new Map<string, RecordedRun>();
  for (const { runId } of plans) {
    if (runs.has(runId)) continue;
    const spans = await options.reader.readRun(options.project, runId, { limit: RECORDED_SPANS_MAX });
    runs.set(runId, recordedRun(spans));
  }
  const tasks = [...runs.values()].flatMap((run) => (run.ok ? [run.task] : []));
  if (tasks.length > 0) await options.prepare(tasks, [...options.incumbents, ...options.candidates]);
  const prepared = plans.map((plan) => makeReady(plan, runs.get(plan.runId), options));
  const ready = prepared.filter((one) => 'spec' in one);
  const results = await runAll(ready, options);
  return prepared.map((one) => ('spec' in one ? replayOf(one, results.get(one)) : one));
}

/** First runs of all candidates, then second ones: a small budget covers every candidate. */
function planReplays({ candidates, taughtBy, runsBudget }: ReplayOptions): readonly Plan[] {
  const rounds = Array.from({ length: REPLAYS_PER_CANDIDATE }, (_, round) =>
    candidates.flatMap((rule): Plan[] => {
      const runId = taughtBy.get(rule.id)?.[round];
      return runId === undefined ? [] : [{ rule, runId }];
    }),
  );
  return rounds.flat().slice(0, Math.min(REPLAYS_MAX, Math.floor(REPLAY_SHARE * runsBudget)));
}

function makeReady(plan: Plan, run: RecordedRun | undefined, options: ReplayOptions): Ready | RunReplay {
  const { rule, runId } = plan;
  if (run === undefined || !run.ok) return unreplayed(plan, run?.reason ?? 'the run was not read');
  const agent = run.agent === '' ? undefined : run.agent;
  if (!options.hasRunner(agent)) return unreplayed(plan, `no runner of agent ${run.agent} is there`);
  const known = options.cases.find((one) => questionKey(one) === questionKey(run));
  if (known === undefined && !options.canJudge)
    return unreplayed(plan, 'neither an eval case with its task nor a judge says what is right');
  const rules = treatedRules(options.incumbents, rule, options.replaces(rule));
  if (options.render(run.task, rules) === options.render(run.task, options.incumbents))
    return unreplayed(plan, 'the rule would not be given to the agent for this task');
  const id = `replay-${runId}`;
  const evalCase: EvalCase = {
    ...(known ?? { expected: '', scorer: 'judge', tags: [], createdAt: '' }),
    project: options.project,
    id,
    task: run.task,
    source: 'trace',
    sourceRunId: runId,
    ...(agent === undefined ? {} : { agent }),
  };
  const spec: TrialSpec = {
    caseId: id,
    rules: rules.map(itemReference),
    purpose: 'replay',
    group: options.group,
    recording: run.calls,
  };
  return { ...plan, spec, evalCase };
}

async function runAll(
  ready: readonly Ready[],
  { runner, signal }: ReplayOptions,
): Promise<ReadonlyMap<Ready, TrialResult>> {
  if (ready.length === 0) return new Map();
  const cases = [...new Map(ready.map(({ evalCase }) => [evalCase.id, evalCase])).values()];
  try {
    const results = await runner(cases).run(
      ready.map(({ spec }) => spec),
      signal,
    );
    return new Map(
      ready.flatMap((one, index) => (results[index] === undefined ? [] : [[one, results[index]]])),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    // A filter that could not be applied lets everything pass.
    const trialId = '';
    const reason = error instanceof Error ? error.message : String(error);
    return new Map(ready.map((one) => [one, { kind: 'void', trialId, reason }]));
  }
}

function replayOf(plan: Plan, result: TrialResult | undefined): RunReplay {
  if (result === undefined) return unreplayed(plan, 'it was not run');
  const { answered = 0, divergences = [], traceId = '' } = result.replay ?? {};
  const told = { ...unreplayed(plan, ''), answered, traceId };
  const [divergence] = divergences;
  if (divergence !== undefined) return { ...told, result: 'diverged', reason: divergence };
  if (result.kind === 'void') return { ...told, reason: result.reason };
  return {
    ...told,
    result: result.score >= PASS_SCORE_MIN ? 'fixed' : 'not_fixed',
    reason: result.error,
  };
}

function unreplayed({ rule, runId }: Plan, reason: string): RunReplay {
  return {
    ruleId: rule.id,
    ruleVersion: rule.version,
    runId,
    result: 'not_replayable',
    reason,
    answered: 0,
    traceId: '',
  };
}
