import type { TraceReader } from '@tracelore/collector/store';
import { PASS_SCORE_MIN } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import type { TrialBroker } from '../trials/trial-broker.ts';
import type { RuleReference, TrialResult, TrialRunner } from '../trials/trial-runner.ts';
import { draftFromTrace, type CaseFromTraceRequest } from './case-from-trace.ts';
import { compareRuns, type EvalComparison } from './compare-runs.ts';
import { CASES_PER_PROJECT_MAX, type EvalCaseDraft, type EvalCaseStore } from './eval-case-store.ts';
import type { EvalCase } from './eval-case.ts';
import type { EvalRunStore } from './eval-run-store.ts';
import type { EvalResult, EvalRun } from './eval-run.ts';
import { checkCase, questionKey } from './new-case.ts';

/** What became of cases that were sent in. `index` counts from 0 in the order given. */
export interface AddedCases {
  readonly added: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly problems: readonly string[] }[];
}

export interface EvalRunRequest {
  readonly name?: string;
  /** Only cases with one of these tags. */
  readonly tags?: readonly string[];
  readonly rules: 'active' | 'none' | readonly string[];
}

export interface EvalServiceOptions {
  readonly reader: Pick<TraceReader, 'findRun' | 'readRun'>;
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly cases: EvalCaseStore;
  readonly runs: EvalRunStore;
  readonly broker: Pick<TrialBroker, 'runner'>;
  readonly now: () => Date;
  readonly newId: NewId;
}

/** Eval cases and evaluations of the agent on them. */
export interface EvalService {
  /** Checks values one by one: the good ones are added also when others are not. */
  addCases(project: string, values: readonly unknown[]): Promise<AddedCases>;
  listCases(project: string): Promise<readonly EvalCase[]>;
  /** Throws LearnerError `not_found`, `invalid` or `conflict` when no case can be made of the run. */
  addFromTrace(
    project: string,
    request: CaseFromTraceRequest,
    /** Whether the task is wanted; `conflict` when it is not. Default: it is. */
    isWanted?: (task: string) => boolean,
  ): Promise<EvalCase>;
  /** Starts in the background. Throws LearnerError `invalid` without cases or for an unknown rule. */
  startRun(project: string, request: EvalRunRequest): Promise<{ readonly id: string }>;
  listRuns(project: string): Promise<readonly EvalRun[]>;
  findRun(
    project: string,
    id: string,
  ): Promise<(EvalRun & { readonly results: readonly EvalResult[] }) | undefined>;
  compare(project: string, baseline: string, treatment: string): Promise<EvalComparison>;
  /** Resolves when this evaluation, if it runs here, has ended. */
  finished(id: string): Promise<void>;
  /** Cancels what runs and waits until it is written down. */
  stop(): Promise<void>;
}

/** Evaluations of this process whose last state is kept in memory; the oldest go first. */
const KNOWN_RUNS_MAX = 1_000;

interface LiveRun {
  run: EvalRun;
  readonly done: Promise<void>;
}

export function createEvalService(options: EvalServiceOptions): EvalService {
  const { cases, runs, now, newId } = options;
  /** Running and lately ended: what was read from the store just before the end is not the last word. */
  const known = new Map<string, LiveRun>();
  const stopping = new AbortController();
  /** Additions one after another: a duplicate is found also when two requests bring it at once. */
  let adding: Promise<unknown> = Promise.resolve();

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = adding.catch(() => undefined).then(work);
    adding = turn;
    return turn;
  }

  async function addDrafts(
    project: string,
    drafts: readonly (EvalCaseDraft & { index: number })[],
  ): Promise<{
    stored: readonly EvalCase[];
    duplicates: number;
    rejected: AddedCases['rejected'];
  }> {
    const before = await cases.list(project);
    const expectations = new Map(before.map((evalCase) => [questionKey(evalCase), evalCase.expected]));
    const fresh: EvalCaseDraft[] = [];
    const rejected: { index: number; problems: string[] }[] = [];
    let duplicates = 0;
    for (const { index, ...draft } of drafts) {
      const expected = expectations.get(questionKey(draft));
      if (expected === draft.expected) duplicates += 1;
      else if (expected !== undefined) {
        const shown = JSON.stringify(expected.slice(0, 80));
        rejected.push({
          index,
          problems: [`expected: there is a case with this task that expects ${shown}`],
        });
      } else if (before.length + fresh.length >= CASES_PER_PROJECT_MAX) {
        rejected.push({ index, problems: [`case: a project has at most ${CASES_PER_PROJECT_MAX} cases`] });
      } else {
        expectations.set(questionKey(draft), draft.expected);
        fresh.push(draft);
      }
    }
    return { stored: await cases.add(project, fresh, before), duplicates, rejected };
  }

  async function execute(run: EvalRun, chosen: readonly EvalCase[]): Promise<void> {
    const entry = known.get(run.id);
    const runner = options.broker.runner(run.project, chosen);
    const results: EvalResult[] = [];
    let error = '';
    try {
      await Promise.all(
        chosen.map(async ({ id }) => {
          results.push(await evaluate(runner, run, id, stopping.signal));
          if (entry !== undefined) entry.run = withResults(entry.run, results);
        }),
      );
      if (stopping.signal.aborted) error = 'the service was stopped before the evaluation was finished';
    } catch (cause) {
      error = cause instanceof Error ? cause.message : String(cause);
    }
    const state = error === '' ? 'succeeded' : 'failed';
    const ended: EvalRun = { ...withResults(run, results), state, error, finishedAt: now().toISOString() };
    await runs.saveResults(run, results);
    await runs.save(ended);
    if (entry !== undefined) entry.run = ended;
  }

  async function find(project: string, id: string): Promise<EvalRun | undefined> {
    const stored = await runs.find(project, id);
    return stored === undefined ? undefined : present(stored);
  }

  /** What is stored, with live numbers while it runs. A run that nobody works on any more was interrupted. */
  function present(stored: EvalRun): EvalRun {
    if (stored.state !== 'running') return stored;
    const own = known.get(stored.id);
    if (own !== undefined) return own.run;
    return { ...stored, state: 'failed', error: 'interrupted: the service stopped while it ran' };
  }

  async function found(
    project: string,
    id: string,
  ): Promise<{ run: EvalRun; results: readonly EvalResult[] }> {
    const run = await find(project, id);
    if (run === undefined) throw new LearnerError('not_found', `No evaluation has the id "${id}".`);
    if (run.state === 'running') throw new LearnerError('conflict', `Evaluation ${run.id} is still running.`);
    return { run, results: await runs.results(project, run.id) };
  }

  return {
    addCases: (project, values) =>
      inTurn(async () => {
        const checked = values.map((value, index) => ({ index, result: checkCase(value) }));
        const drafts = checked.flatMap(({ index, result }) =>
          result.ok ? [{ ...result.draft, index }] : [],
        );
        const malformed = checked.flatMap(({ index, result }) =>
          result.ok ? [] : [{ index, problems: result.problems }],
        );
        const { stored, duplicates, rejected } = await addDrafts(project, drafts);
        const all = [...malformed, ...rejected].sort((a, b) => a.index - b.index);
        return { added: stored.length, duplicates, rejected: all };
      }),

    listCases: (project) => cases.list(project),

    addFromTrace: (project, request, isWanted = () => true) =>
      inTurn(async () => {
        const draft = await draftFromTrace(options.reader, project, request);
        if (!isWanted(draft.task))
          throw new LearnerError('conflict', 'There is a case with a task like this one.');
        const { stored, rejected } = await addDrafts(project, [{ ...draft, index: 0 }]);
        if (stored[0] !== undefined) return stored[0];
        throw new LearnerError(
          'conflict',
          rejected[0]?.problems.join('; ') ?? 'There is a case with this task already.',
        );
      }),

    async startRun(project, request) {
      const all = await cases.list(project);
      const tags = request.tags ?? [];
      const chosen =
        tags.length === 0 ? all : all.filter((evalCase) => evalCase.tags.some((tag) => tags.includes(tag)));
      if (chosen.length === 0) {
        const what =
          all.length === 0
            ? 'There are no eval cases'
            : `None of ${all.length} eval cases has a tag of ${tags.join(', ')}`;
        throw new LearnerError(
          'invalid',
          `${what}: add some with "tracelore eval add" or "tracelore eval import".`,
        );
      }
      const id = newId();
      const run: EvalRun = {
        project,
        id,
        name: request.name ?? '',
        tags,
        ...ruleSetOf(options.knowledge(project), request.rules),
        state: 'running',
        error: '',
        cases: chosen.length,
        passed: 0,
        failed: 0,
        void: 0,
        score: null,
        startedAt: now().toISOString(),
        finishedAt: null,
      };
      await runs.save(run);
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const oldest = known.keys().next();
      if (known.size >= KNOWN_RUNS_MAX && oldest.done !== true) known.delete(oldest.value);
      known.set(id, { run, done });
      // A store that cannot take the result: readers see the evaluation as interrupted.
      void execute(run, chosen)
        .catch(() => void known.delete(id))
        .finally(resolve);
      return { id };
    },

    listRuns: async (project) => (await runs.list(project)).map(present),

    async findRun(project, id) {
      const run = await find(project, id);
      return run === undefined ? undefined : { ...run, results: await runs.results(project, run.id) };
    },

    async compare(project, baseline, treatment) {
      const [before, after] = [await found(project, baseline), await found(project, treatment)];
      const tasks = new Map((await cases.list(project)).map(({ id, task }) => [id, task]));
      return compareRuns(before, after, (caseId) => tasks.get(caseId) ?? '');
    },

    finished: async (id) => known.get(id)?.done,

    async stop() {
      stopping.abort();
      await Promise.all([...known.values()].map(({ done }) => done));
    },
  };
}

function ruleSetOf(base: KnowledgeBase, rules: EvalRunRequest['rules']): Pick<EvalRun, 'ruleSet' | 'rules'> {
  if (rules === 'none') return { ruleSet: 'none', rules: [] };
  if (rules === 'active')
    return { ruleSet: 'active', rules: base.served().map(({ id, version }) => `${id}@${version}`) };
  const references = rules.map((name): RuleReference => {
    const exact = base.findVersion(name);
    if (exact !== undefined) return `${exact.id}@${exact.version}`;
    const found = base.find(name);
    if (found.ok) return `${found.rule.id}@${found.rule.version}`;
    throw new LearnerError('invalid', `rules: ${found.message}`);
  });
  return { ruleSet: 'list', rules: references };
}

async function evaluate(
  runner: TrialRunner,
  run: EvalRun,
  caseId: string,
  signal: AbortSignal,
): Promise<EvalResult> {
  const [result] = await runner.run(
    [{ caseId, rules: run.rules, purpose: 'evaluation', group: run.id }],
    signal,
  );
  return result === undefined ? noResult(caseId) : resultOf(caseId, result);
}

function noResult(caseId: string): EvalResult {
  return { caseId, trialId: '', score: null, output: '', error: '', reason: 'no result', durationMs: 0 };
}

function resultOf(caseId: string, result: TrialResult): EvalResult {
  if (result.kind === 'void') return { ...noResult(caseId), trialId: result.trialId, reason: result.reason };
  const { trialId, score, output, error, durationMs } = result;
  return { caseId, trialId, score, output, error, reason: '', durationMs };
}

function withResults(run: EvalRun, results: readonly EvalResult[]): EvalRun {
  const scores = results.flatMap(({ score }) => (score === null ? [] : [score]));
  const passed = scores.filter((score) => score >= PASS_SCORE_MIN).length;
  return {
    ...run,
    passed,
    failed: scores.length - passed,
    void: results.length - scores.length,
    score: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
  };
}
