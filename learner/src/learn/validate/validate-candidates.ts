import type { EvalCase } from '../../evals/eval-case.ts';
import type { Rule } from '../../knowledge/rule.ts';
import { Pace } from '../../pace.ts';
import { replayFailures } from '../../replays/replay-failures.ts';
import { countReplays } from '../../replays/run-replay.ts';
import { priorWeight } from '../../safety/corroboration.ts';
import type { CycleReport } from '../../validators/validator.ts';
import { isAgainst } from './is-against.ts';
import { chooseCandidates } from './choose-candidates.ts';
import { supportingRuns, uncorroborated } from './corroborated.ts';
import { addNote } from '../learn-pass.ts';
import type { PassOptions } from '../learn-parts.ts';

/** Trials of one pass when nobody says otherwise. Each is a run of the user's agent. */
export const RUNS_BUDGET = 1_000;
/** Time for a runner that was started together with the pass to ask for work, ms. */
const RUNNER_WAIT_MS = 3_000;
/** Part of the budget kept for confirming promoted rules on fresh trials. */
export const CONFIRM_SHARE = 0.2;

/**
 * Tests the candidates on the eval cases and stores the verdicts. `undefined` when there is nothing to test or something is
 * missing; the pass then says what.
 */
export async function validateCandidates(
  options: PassOptions & { readonly fingerprint: string },
): Promise<CycleReport | undefined> {
  const { parts, project, request, record } = options;
  const base = parts.knowledge(project);
  const unquarantined = base.list({ status: 'candidate' }).filter(({ quarantined }) => !quarantined);
  if (unquarantined.length === 0) return undefined;
  const support = await parts.analyses.support(project);
  const supporting = supportingRuns(support);
  const isHeldBack = (rule: Rule): boolean =>
    !parts.isKeyless() && uncorroborated(rule, supporting) !== undefined;
  const waiting = unquarantined.filter((rule) => !isHeldBack(rule));
  if (waiting.length < unquarantined.length)
    addNote(
      record,
      `${unquarantined.length - waiting.length} candidate(s) that users' or tools' words taught wait for more independent runs, or for a person: too few users' failures say the same.`,
    );
  if (waiting.length === 0) return undefined;
  const stored = await parts.cases.list(project);
  const hasRunner = await parts.broker.awaitRunner(project, stored.length === 0 ? 0 : RUNNER_WAIT_MS);
  const cases = stored.filter(({ agent }) => parts.broker.hasRunner(project, agent));
  const missing = whatIsMissing(stored, cases, hasRunner);
  if (missing !== undefined) {
    addNote(record, `${waiting.length} candidate(s) were not validated: ${missing}`);
    return undefined;
  }
  if (cases.length < stored.length)
    addNote(
      record,
      `${stored.length - cases.length} of ${stored.length} eval cases were left out: no runner of ${agentsOf(stored, cases).join(', ')} is there.`,
    );
  const runsBudget = request.runsBudget ?? RUNS_BUDGET;
  const { candidatesMax } = request;
  const candidates = chooseCandidates(waiting, {
    runsBudget,
    ...(candidatesMax === undefined ? {} : { candidatesMax }),
    support,
    judged: await parts.verdicts.judged(project),
  });
  if (candidates.length < waiting.length) {
    addNote(
      record,
      `${waiting.length - candidates.length} of ${waiting.length} candidates wait for the next pass: ${candidates.length === candidatesMax ? 'no more were asked for' : `the budget of ${runsBudget} trials is enough for ${candidates.length}`}.`,
    );
  }
  if (candidates.length === 0) return undefined;
  const confirmRuns = Math.floor(runsBudget * CONFIRM_SHARE);
  const decisionRuns = runsBudget - confirmRuns;
  record.update({
    validation: { runsUsed: 0, runsBudget: decisionRuns, active: candidates.length, promoted: 0 },
  });
  const validator = parts.createValidator({
    runsBudget: decisionRuns,
    confirmRuns,
    weight: ({ id }) => priorWeight(supporting.get(id) ?? new Map()),
    ...(request.alpha === undefined ? {} : { alpha: request.alpha }),
    ...(request.criticalTags === undefined ? {} : { criticalTags: request.criticalTags }),
    ...(request.sentinel === undefined ? {} : { sentinel: request.sentinel }),
    ...(request.tokensAddedMax === undefined ? {} : { tokensAddedMax: request.tokensAddedMax }),
    ...(request.latencyAddedMaxMs === undefined ? {} : { latencyAddedMaxMs: request.latencyAddedMaxMs }),
    ...(request.costAddedMaxUsd === undefined ? {} : { costAddedMaxUsd: request.costAddedMaxUsd }),
    ...(request.mode === undefined ? {} : { mode: request.mode }),
    ...(request.control === undefined ? {} : { control: request.control }),
  });
  const { trialCosts } = parts;
  const id = parts.newId();
  const incumbents = base.served();
  const replaced = await opposedRules(candidates, incumbents);
  const replaces = (candidate: Rule): Rule | undefined => replaced.get(candidate.id);
  const render = (task: string, rules: readonly Rule[]): string => parts.render(project, task, rules);
  const prepare = (tasks: readonly string[], rules: readonly Rule[]): Promise<void> =>
    parts.prepare(project, tasks, rules);
  const shared = { project, candidates, incumbents, replaces, render } as const;
  const replays =
    request.replays === false
      ? []
      : await replayFailures({
          ...shared,
          reader: parts.reader,
          taughtBy: new Map([...supporting].map(([ruleId, runs]) => [ruleId, [...runs.keys()].sort()])),
          cases: stored,
          canJudge: parts.canJudge ?? false,
          hasRunner: (agent) => parts.broker.hasRunner(project, agent),
          runner: (replayed) => parts.broker.runner(project, replayed),
          prepare,
          runsBudget,
          group: id,
          signal: options.signal,
        });
  if (replays.some(({ result }) => result !== 'not_replayable'))
    addNote(
      record,
      `Failed runs replayed as a first filter, which proves nothing: ${countReplays(replays)}.`,
    );
  await prepare(
    cases.map(({ task }) => task),
    [...incumbents, ...candidates],
  );
  const cycle = await validator.validate({
    ...shared,
    id,
    replays,
    cases,
    trials: parts.broker.runner(project, cases),
    ...(trialCosts === undefined ? {} : { costsOf: (trialIds) => trialCosts(project, trialIds) }),
    seed: request.seed ?? record.current.id,
    fingerprint: options.fingerprint,
    now: parts.now,
    onProgress: (validation) => record.update({ validation }),
    signal: options.signal,
  });
  record.update({ cycleId: cycle.id });
  await parts.trialLog.flush();
  await parts.verdicts.save(cycle);
  return cycle;
}

/** By candidate the rule in force whose place it takes. A pinned rule is a person's: nothing takes its place without one. */
async function opposedRules(
  candidates: readonly Rule[],
  incumbents: readonly Rule[],
): Promise<ReadonlyMap<string, Rule>> {
  const opposed = new Map<string, Rule>();
  const pace = new Pace();
  for (const candidate of candidates) {
    const rule = await pace.find(incumbents, (one) => one.priority === 'normal' && isAgainst(candidate, one));
    if (rule !== undefined) opposed.set(candidate.id, rule);
  }
  return opposed;
}

function whatIsMissing(
  stored: readonly EvalCase[],
  runnable: readonly EvalCase[],
  hasRunner: boolean,
): string | undefined {
  if (runnable.length > 0) return undefined;
  const agents = agentsOf(stored, runnable);
  const whose = agents.length === 0 ? '' : ` of ${agents.join(', ')}`;
  const parts = [
    ...(stored.length === 0 ? ['eval cases (tracelore eval add, or tracelore eval import)'] : []),
    ...(hasRunner && stored.length === 0
      ? []
      : [`a runner${whose} (registerRunner() in a running agent, or --agent)`]),
  ];
  return `add ${parts.join(' and ')}, or a person can approve them.`;
}

/** Agents of the cases that cannot be run now. */
function agentsOf(stored: readonly EvalCase[], runnable: readonly EvalCase[]): readonly string[] {
  const left = stored.filter((evalCase) => !runnable.includes(evalCase));
  return [...new Set(left.flatMap(({ agent }) => agent ?? []))].sort();
}
