import { ANALYSES, deleteRows, encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import type { NewId } from '../../ids.ts';
import type { Evidence } from '../../knowledge/rule.ts';

/** Columns as in `store/schema/006_learn_passes.sql`. */
export const RULE_SUPPORT: Table = {
  name: 'rule_support',
  columns: {
    project: 'LowCardinality(String)',
    rule_id: 'String',
    run_id: 'String',
    principal: 'String',
    learn_id: 'String',
    evidence: 'String',
    at: "DateTime64(3, 'UTC')",
  },
};

/** Entries that are read at once. */
const SUPPORT_MAX = 1_000_000;

/** What became of a run in an analysis. */
export type AnalysisResult = 'lessons' | 'no_lesson';

/** A failed run that taught a rule, for the first time or again. */
export interface RuleSupport {
  readonly ruleId: string;
  readonly runId: string;
  /** Pseudonym of whom the run was for; '' = it names nobody. */
  readonly principal: string;
  /** When the run was analysed, epoch ms. */
  readonly at: number;
}

/** Which runs were analysed, and which failed runs speak for a rule. */
export interface AnalysisLog {
  /** From now on these runs, failures of one kind, are not selected again. Called only after their lessons are stored. */
  markAnalysed(
    project: string,
    learnId: string,
    runIds: readonly string[],
    result: AnalysisResult,
    signature: string,
  ): Promise<void>;
  addSupport(project: string, learnId: string, ruleId: string, evidence: readonly Evidence[]): Promise<void>;
  /** The runs that speak for one rule speak for another too. */
  passOnSupport(project: string, learnId: string, fromRuleId: string, toRuleId: string): Promise<void>;
  /** Failed runs that speak for rules, one entry per rule and run. */
  support(project: string): Promise<readonly RuleSupport[]>;
}

/** The same as it is stored. */
export interface StoredAnalyses extends AnalysisLog {
  /** Runs for this principal speak for no rule any more. */
  forgetSupport(project: string, principal: string): Promise<void>;
}

export function createAnalysisLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly now: () => Date;
  readonly newId: NewId;
}): StoredAnalyses {
  const { driver, database, now, newId } = options;
  const analyses = { ...ANALYSES, name: `${database}.${ANALYSES.name}` };
  const supportTable = { ...RULE_SUPPORT, name: `${database}.${RULE_SUPPORT.name}` };
  return {
    async markAnalysed(project, learnId, runIds, result, signature) {
      if (runIds.length === 0) return;
      const about = { project, learn_id: learnId, result, signature, at: now() };
      const rows = runIds.map((runId) => ({ ...about, run_id: runId }));
      await driver.insert(encodeRows(analyses, rows, `analyses:${newId()}`));
    },
    async addSupport(project, learnId, ruleId, evidence) {
      const byRun = Map.groupBy(evidence, ({ runId }) => runId);
      const rows = [...byRun].map(([runId, quotes]) => ({
        project,
        rule_id: ruleId,
        run_id: runId,
        principal: quotes[0]?.principal ?? '',
        learn_id: learnId,
        evidence: JSON.stringify(quotes),
        at: now(),
      }));
      if (rows.length > 0) await driver.insert(encodeRows(supportTable, rows, `support:${newId()}`));
    },
    async passOnSupport(project, learnId, fromRuleId, toRuleId) {
      const rows = await driver.query<{ run_id: string; principal: string; evidence: string }>(
        `SELECT run_id, principal, evidence FROM ${supportTable.name}
         WHERE project = {project: String} AND rule_id = {rule: String} ORDER BY at DESC LIMIT 1 BY run_id`,
        { parameters: { project, rule: fromRuleId }, rowsMax: SUPPORT_MAX },
      );
      const passed = rows.map((row) => ({
        ...row,
        project,
        rule_id: toRuleId,
        learn_id: learnId,
        at: now(),
      }));
      if (passed.length > 0) await driver.insert(encodeRows(supportTable, passed, `support:${newId()}`));
    },
    async support(project) {
      const rows = await driver.query<{ ruleId: string; runId: string; principal: string; at: string }>(
        `SELECT rule_id AS ruleId, run_id AS runId, any(${supportTable.name}.principal) AS principal, toUnixTimestamp64Milli(max(${supportTable.name}.at)) AS at
         FROM ${supportTable.name} WHERE project = {project: String} GROUP BY rule_id, run_id`,
        { parameters: { project }, rowsMax: SUPPORT_MAX },
      );
      return rows.map((row) => ({ ...row, at: Number(row.at) }));
    },
    async forgetSupport(project, principal) {
      await deleteRows({
        driver,
        database,
        table: RULE_SUPPORT.name,
        condition: 'project = {project: String} AND principal = {principal: String}',
        parameters: { project, principal },
      });
    },
  };
}
