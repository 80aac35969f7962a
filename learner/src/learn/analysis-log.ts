import { ANALYSES, encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import type { Evidence } from '../knowledge/rule.ts';

/** Columns as in `store/schema/006_learn_passes.sql`. */
export const RULE_SUPPORT: Table = {
  name: 'rule_support',
  columns: {
    project: 'LowCardinality(String)',
    rule_id: 'String',
    run_id: 'String',
    learn_id: 'String',
    evidence: 'String',
    at: "DateTime64(3, 'UTC')",
  },
};

const RULES_MAX = 1_000_000;

/** What became of a run in an analysis. */
export type AnalysisResult = 'lessons' | 'no_lesson';

/** Which runs were analysed, and which runs speak for a rule beyond those it was first learned from. */
export interface AnalysisLog {
  /** From now on these runs are not selected again. Called only after their lessons are stored. */
  markAnalysed(
    project: string,
    learnId: string,
    runIds: readonly string[],
    result: AnalysisResult,
  ): Promise<void>;
  addSupport(project: string, learnId: string, ruleId: string, evidence: readonly Evidence[]): Promise<void>;
  /** Number of further runs that speak for each rule, by rule id. */
  support(project: string): Promise<ReadonlyMap<string, number>>;
}

export function createAnalysisLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly now: () => Date;
  readonly newId: NewId;
}): AnalysisLog {
  const { driver, database, now, newId } = options;
  const analyses = { ...ANALYSES, name: `${database}.${ANALYSES.name}` };
  const supportTable = { ...RULE_SUPPORT, name: `${database}.${RULE_SUPPORT.name}` };
  return {
    async markAnalysed(project, learnId, runIds, result) {
      if (runIds.length === 0) return;
      const rows = runIds.map((runId) => ({ project, run_id: runId, learn_id: learnId, result, at: now() }));
      await driver.insert(encodeRows(analyses, rows, `analyses:${newId()}`));
    },
    async addSupport(project, learnId, ruleId, evidence) {
      const byRun = Map.groupBy(evidence, ({ runId }) => runId);
      const rows = [...byRun].map(([runId, quotes]) => ({
        project,
        rule_id: ruleId,
        run_id: runId,
        learn_id: learnId,
        evidence: JSON.stringify(quotes),
        at: now(),
      }));
      if (rows.length > 0) await driver.insert(encodeRows(supportTable, rows, `support:${newId()}`));
    },
    async support(project) {
      const rows = await driver.query<{ rule_id: string; runs: string }>(
        `SELECT rule_id, uniqExact(run_id) AS runs FROM ${supportTable.name}
         WHERE project = {project: String} GROUP BY rule_id`,
        { parameters: { project }, rowsMax: RULES_MAX },
      );
      return new Map(rows.map((row) => [row.rule_id, Number(row.runs)]));
    },
  };
}
