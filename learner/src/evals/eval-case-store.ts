import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import { ID_PREFIX_CHARACTERS, type NewId } from '../ids.ts';
import { EVAL_SOURCES, SCORER_NAMES, type EvalCase } from './eval-case.ts';

/** Columns as in `store/schema/003_evals.sql` and `009_trial_design.sql`. */
export const EVAL_CASES: Table = {
  name: 'eval_cases',
  columns: {
    project: 'LowCardinality(String)',
    case_id: 'String',
    task: 'String',
    input: 'String',
    expected: 'String',
    judge_prompt: 'String',
    scorer: 'LowCardinality(String)',
    tags: 'Array(LowCardinality(String))',
    source: 'LowCardinality(String)',
    source_run_id: 'String',
    agent: 'LowCardinality(String)',
    created_at: "DateTime64(3, 'UTC')",
  },
};

/** Most cases of one project. */
export const CASES_PER_PROJECT_MAX = 20_000;

/** A case that has not been stored. */
export type EvalCaseDraft = Omit<EvalCase, 'project' | 'id' | 'createdAt'>;

/** Stored eval cases. Analyzers have no way to it: gold must not leak into lessons. */
export interface EvalCaseStore {
  /** Oldest first. */
  list(project: string): Promise<readonly EvalCase[]>;
  count(project: string): Promise<number>;
  /** Stores all of them or none, and gives them ids with a unique short form. */
  add(
    project: string,
    drafts: readonly EvalCaseDraft[],
    known: readonly EvalCase[],
  ): Promise<readonly EvalCase[]>;
}

interface CaseRow {
  readonly case_id: string;
  readonly task: string;
  readonly input: string;
  readonly expected: string;
  readonly judge_prompt: string;
  readonly scorer: string;
  readonly tags: readonly string[];
  readonly source: string;
  readonly source_run_id: string;
  readonly agent: string;
  readonly created_ms: string;
}

export function createEvalCaseStore(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly now: () => Date;
  readonly newId: NewId;
}): EvalCaseStore {
  const { driver, newId } = options;
  const name = `${options.database}.${EVAL_CASES.name}`;
  return {
    async list(project) {
      const rows = await driver.query<CaseRow>(
        `SELECT case_id, task, input, expected, judge_prompt, scorer, tags, source, source_run_id, agent,
                toUnixTimestamp64Milli(created_at) AS created_ms
         FROM ${name} FINAL WHERE project = {project: String} ORDER BY created_at, case_id`,
        { parameters: { project }, rowsMax: CASES_PER_PROJECT_MAX },
      );
      return rows.map((row) => decodeCase(project, row));
    },
    async count(project) {
      const rows = await driver.query<{ cases: string }>(
        `SELECT uniqExact(case_id) AS cases FROM ${name} WHERE project = {project: String}`,
        { parameters: { project } },
      );
      return Number(rows[0]?.cases ?? 0);
    },
    async add(project, drafts, known) {
      const createdAt = options.now();
      const taken = new Set(known.map(({ id }) => id.slice(0, ID_PREFIX_CHARACTERS)));
      const cases = drafts.map((draft): EvalCase => {
        let id = newId();
        while (taken.has(id.slice(0, ID_PREFIX_CHARACTERS))) id = newId();
        taken.add(id.slice(0, ID_PREFIX_CHARACTERS));
        return { ...draft, project, id, createdAt: createdAt.toISOString() };
      });
      if (cases.length > 0)
        await driver.insert(encodeRows({ ...EVAL_CASES, name }, cases.map(encodeCase), `cases:${newId()}`));
      return cases;
    },
  };
}

function encodeCase(evalCase: EvalCase): Parameters<typeof encodeRows>[1][number] {
  return {
    project: evalCase.project,
    case_id: evalCase.id,
    task: evalCase.task,
    input: evalCase.input === undefined ? '' : JSON.stringify(evalCase.input),
    expected: evalCase.expected,
    judge_prompt: evalCase.judgePrompt ?? '',
    scorer: evalCase.scorer,
    tags: evalCase.tags,
    source: evalCase.source,
    source_run_id: evalCase.sourceRunId,
    agent: evalCase.agent ?? '',
    created_at: new Date(evalCase.createdAt),
  };
}

function decodeCase(project: string, row: CaseRow): EvalCase {
  return {
    project,
    id: row.case_id,
    task: row.task,
    ...(row.input === '' ? {} : { input: JSON.parse(row.input) }),
    expected: row.expected,
    ...(row.judge_prompt === '' ? {} : { judgePrompt: row.judge_prompt }),
    scorer: SCORER_NAMES.find((name) => name === row.scorer) ?? 'exact',
    tags: row.tags,
    source: EVAL_SOURCES.find((name) => name === row.source) ?? 'api',
    sourceRunId: row.source_run_id,
    ...(row.agent === '' ? {} : { agent: row.agent }),
    createdAt: new Date(Number(row.created_ms)).toISOString(),
  };
}
