import { deleteRows, erase, type ErasureSubject, type Store } from '@tracelore/collector/store';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';

/** What was erased, and what a person has to look at. */
export interface SubjectErased {
  readonly runs: number;
  readonly traces: number;
  readonly spans: number;
  readonly logs: number;
  readonly outcomes: number;
  /** Evaluation cases that were made of the erased runs; their results go with them. */
  readonly cases: number;
  /** Rules that were learned from the erased runs. What they quoted is erased; their own text is for a person to judge. */
  readonly rules: readonly string[];
}

export interface EraserParts {
  readonly store: Store;
  readonly knowledge: (project: string) => KnowledgeBase;
  /** Resolves when what was received before is stored. */
  readonly settle: () => Promise<void>;
  readonly now: () => Date;
}

/** Tables with rows about a run, and those with rows about a case. */
const BY_RUN = { decisions: 'run_id', rule_support: 'run_id', eval_cases: 'source_run_id' } as const;
const BY_CASE = ['eval_results', 'trials'] as const;

/**
 * Erases what is stored about a user, a session or a trace: their runs, and what the learner made of them. Statistics keep
 * the pseudonymous units that they counted.
 */
export function createEraser({
  store,
  knowledge,
  settle,
  now,
}: EraserParts): (project: string, subject: ErasureSubject) => Promise<SubjectErased> {
  const { driver, database } = store;
  return async (project, subject) => {
    await settle();
    const { runIds, traceIds, ...counts } = await erase(store, project, subject, now().getTime());
    const remove = (table: string, column: string, ids: readonly string[]): Promise<number> =>
      deleteRows({
        driver,
        database,
        table,
        condition: `project = {project: String} AND ${column} IN {ids: Array(String)}`,
        parameters: { project, ids },
      });
    const cases = await casesOf(store, project, runIds);
    for (const table of BY_CASE) await remove(table, 'case_id', cases);
    for (const [table, column] of Object.entries(BY_RUN)) await remove(table, column, runIds);
    return {
      runs: runIds.length,
      traces: traceIds.length,
      ...counts,
      cases: cases.length,
      rules: await knowledge(project).eraseQuotes({ runs: new Set(runIds), traces: new Set(traceIds) }),
    };
  };
}

async function casesOf(
  { driver, database }: Store,
  project: string,
  runs: readonly string[],
): Promise<string[]> {
  const rows = await driver.query<{ case_id: string }>(
    `SELECT DISTINCT case_id FROM ${database}.eval_cases WHERE project = {project: String} AND source_run_id IN {runs: Array(String)}`,
    { parameters: { project, runs } },
  );
  return rows.map((row) => row.case_id);
}
