import { encodeRows, type SqlDriver, type SqlParameters, type Table } from '@tracelore/collector/store';
import { LearnerError } from '../errors.ts';
import type { NewId } from '../ids.ts';
import type { EvalResult, EvalRuleSet, EvalRun } from './eval-run.ts';

/** Columns as in `store/schema/003_evals.sql`. */
export const EVAL_RUNS: Table = {
  name: 'eval_runs',
  columns: {
    project: 'LowCardinality(String)',
    eval_run_id: 'String',
    revision: 'UInt64',
    name: 'String',
    tags: 'Array(LowCardinality(String))',
    rule_set: 'LowCardinality(String)',
    rules: 'Array(String)',
    state: 'LowCardinality(String)',
    error: 'String',
    cases: 'UInt32',
    passed: 'UInt32',
    failed: 'UInt32',
    void: 'UInt32',
    score: 'Nullable(Float64)',
    started_at: "DateTime64(3, 'UTC')",
    finished_at: "Nullable(DateTime64(3, 'UTC'))",
  },
};

export const EVAL_RESULTS: Table = {
  name: 'eval_results',
  columns: {
    project: 'LowCardinality(String)',
    eval_run_id: 'String',
    case_id: 'String',
    trial_id: 'String',
    score: 'Nullable(Float64)',
    output: 'String',
    error: 'String',
    reason: 'String',
    duration_ms: 'Float64',
    at: "DateTime64(3, 'UTC')",
  },
};

/** Evaluations in a list. */
export const EVAL_RUNS_LISTED_MAX = 500;
const RESULTS_MAX = 20_000;
/** Characters of an output that are stored. */
const OUTPUT_CHARACTERS_MAX = 20_000;

/** Stored evaluations and their results. */
export interface EvalRunStore {
  /** Stores the state of an evaluation; a later save replaces it. */
  save(run: EvalRun): Promise<void>;
  saveResults(run: EvalRun, results: readonly EvalResult[]): Promise<void>;
  /** Newest first. */
  list(project: string): Promise<readonly EvalRun[]>;
  /** By id or unique prefix. Throws LearnerError `invalid` for an ambiguous one. */
  find(project: string, idOrPrefix: string): Promise<EvalRun | undefined>;
  results(project: string, id: string): Promise<readonly EvalResult[]>;
}

interface RunRow extends Omit<EvalRun, 'project' | 'ruleSet' | 'startedAt' | 'finishedAt'> {
  readonly rule_set: EvalRuleSet;
  readonly started_ms: string;
  readonly finished_ms: string | null;
}

export function createEvalRunStore(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly now: () => Date;
  readonly newId: NewId;
}): EvalRunStore {
  const { driver, database, now, newId } = options;
  const runs = { ...EVAL_RUNS, name: `${database}.${EVAL_RUNS.name}` };
  const results = { ...EVAL_RESULTS, name: `${database}.${EVAL_RESULTS.name}` };

  async function read(
    project: string,
    where: string,
    parameters: SqlParameters,
    limit: number,
  ): Promise<EvalRun[]> {
    const rows = await driver.query<RunRow>(
      `SELECT eval_run_id AS id, name, tags, rule_set, rules, state, error, cases, passed, failed, void, score,
              toUnixTimestamp64Milli(started_at) AS started_ms, toUnixTimestamp64Milli(finished_at) AS finished_ms
       FROM ${runs.name} FINAL WHERE project = {project: String} AND ${where}
       ORDER BY started_at DESC, eval_run_id LIMIT ${limit}`,
      { parameters: { project, ...parameters } },
    );
    return rows.map(({ rule_set: ruleSet, started_ms: started, finished_ms: finished, ...row }) => ({
      ...row,
      project,
      ruleSet,
      startedAt: new Date(Number(started)).toISOString(),
      finishedAt: finished === null ? null : new Date(Number(finished)).toISOString(),
    }));
  }

  return {
    async save(run) {
      const row = {
        project: run.project,
        eval_run_id: run.id,
        revision: now().getTime() * 2 + (run.state === 'running' ? 0 : 1),
        name: run.name,
        tags: run.tags,
        rule_set: run.ruleSet,
        rules: run.rules,
        state: run.state,
        error: run.error,
        cases: run.cases,
        passed: run.passed,
        failed: run.failed,
        void: run.void,
        score: run.score,
        started_at: new Date(run.startedAt),
        finished_at: run.finishedAt === null ? null : new Date(run.finishedAt),
      };
      await driver.insert(encodeRows(runs, [row], `eval-run:${newId()}`));
    },
    async saveResults(run, list) {
      if (list.length === 0) return;
      const at = now();
      const rows = list.map((result) => ({
        project: run.project,
        eval_run_id: run.id,
        case_id: result.caseId,
        trial_id: result.trialId,
        score: result.score,
        output: result.output.slice(0, OUTPUT_CHARACTERS_MAX),
        error: result.error.slice(0, OUTPUT_CHARACTERS_MAX),
        reason: result.reason,
        duration_ms: result.durationMs,
        at,
      }));
      await driver.insert(encodeRows(results, rows, `eval-results:${newId()}`));
    },
    list: (project) => read(project, '1', {}, EVAL_RUNS_LISTED_MAX),
    async find(project, idOrPrefix) {
      const found = await read(project, 'startsWith(eval_run_id, {id: String})', { id: idOrPrefix }, 2);
      if (found.length > 1 && found[0]?.id !== idOrPrefix) {
        const ids = found.map(({ id }) => id).join(', ');
        throw new LearnerError('invalid', `"${idOrPrefix}" is the start of several evaluations: ${ids}, ….`);
      }
      return found[0];
    },
    results: (project, id) =>
      driver.query<EvalResult>(
        `SELECT case_id AS caseId, trial_id AS trialId, score, output, error, reason, duration_ms AS durationMs
         FROM ${results.name} FINAL WHERE project = {project: String} AND eval_run_id = {id: String} ORDER BY case_id`,
        { parameters: { project, id }, rowsMax: RESULTS_MAX },
      ),
  };
}
