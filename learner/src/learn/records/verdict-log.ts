import { encodeRows, type Row, type SqlDriver, type Table } from '@tracelore/collector/store';
import { ID_PREFIX_CHARACTERS, type NewId } from '../../ids.ts';
import type { CandidateReport, CycleReport } from '../../validators/validator.ts';
import { storedRecord } from './stored-record.ts';

/** Columns as in `store/schema/005_verdicts.sql`. */
export const CYCLES: Table = {
  name: 'cycles',
  columns: {
    project: 'LowCardinality(String)',
    cycle_id: 'String',
    started_at: "DateTime64(3, 'UTC')",
    finished_at: "DateTime64(3, 'UTC')",
    control: 'LowCardinality(String)',
    alpha: 'Float64',
    candidates: 'UInt32',
    promoted: 'UInt32',
    bound: 'String',
    runs_budget: 'UInt32',
    runs_used: 'UInt32',
    icc: 'Nullable(Float64)',
    seed: 'String',
    fingerprint: 'String',
    report: 'String',
  },
};

export const CANDIDATE_REPORTS: Table = {
  name: 'candidate_reports',
  columns: {
    project: 'LowCardinality(String)',
    cycle_id: 'String',
    rule_id: 'String',
    rule_version: 'UInt32',
    status: 'LowCardinality(String)',
    reason: 'String',
    pairs: 'UInt32',
    gains: 'UInt32',
    losses: 'UInt32',
    void_baseline: 'UInt32',
    void_treatment: 'UInt32',
    log_e: 'Float64',
    log_e_threshold: 'Float64',
    anytime_p: 'Float64',
    triggered_tasks: 'UInt32',
    coverage: 'Float64',
    lift_provisional: 'Float64',
    lift_confirmed: 'Nullable(Float64)',
    lift_low: 'Float64',
    lift_high: 'Float64',
    runs_treatment: 'UInt32',
    runs_baseline: 'UInt32',
    runs_confirm: 'UInt32',
    at: "DateTime64(3, 'UTC')",
  },
};

/** Cycles in a list. */
export const CYCLES_LISTED_MAX = 200;
const FINGERPRINTS_MAX = 100_000;

/** Stored verdicts. Nothing is ever changed: a rule judged twice has two. */
export interface VerdictLog {
  save(cycle: CycleReport): Promise<void>;
  /** Newest first; with a rule only those that judged it. */
  cycles(project: string, ruleId?: string): Promise<readonly CycleReport[]>;
  /** By id, or by a prefix of at least 8 characters that no other cycle has. */
  cycle(project: string, id: string): Promise<CycleReport | undefined>;
  /** Newest one that judged the rule. */
  verdictOf(project: string, ruleId: string): Promise<CycleReport | undefined>;
  /** Fingerprint of the agent in each cycle, by cycle id. */
  fingerprints(project: string): Promise<ReadonlyMap<string, string>>;
  /** Rules (`id@version`) that were judged before. */
  judged(project: string): Promise<ReadonlySet<string>>;
}

export function createVerdictLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly newId: NewId;
}): VerdictLog {
  const { driver, database, newId } = options;
  const cyclesTable = { ...CYCLES, name: `${database}.${CYCLES.name}` };
  const reportsTable = { ...CANDIDATE_REPORTS, name: `${database}.${CANDIDATE_REPORTS.name}` };

  async function read(project: string, where: string, id: string, limit: number): Promise<CycleReport[]> {
    const rows = await driver.query<{ report: string }>(
      `SELECT report FROM ${cyclesTable.name} FINAL WHERE project = {project: String} AND ${where}
       ORDER BY finished_at DESC, cycle_id LIMIT ${limit}`,
      { parameters: { project, id } },
    );
    return rows.map(({ report }) =>
      storedRecord<CycleReport>(report, 'validation cycle', ['id', 'reports', 'bound']),
    );
  }

  const JUDGED_IT = `cycle_id IN (SELECT cycle_id FROM ${reportsTable.name}
    WHERE project = {project: String} AND rule_id = {id: String})`;

  return {
    async save(cycle) {
      // Reports first: a cycle that can be seen has all of them.
      if (cycle.reports.length > 0) {
        const rows = cycle.reports.map((report) => encodeReport(cycle, report));
        await driver.insert(encodeRows(reportsTable, rows, `reports:${newId()}`));
      }
      await driver.insert(encodeRows(cyclesTable, [encodeCycle(cycle)], `cycle:${newId()}`));
    },
    cycles: (project, ruleId) =>
      read(project, ruleId === undefined ? `{id: String} = ''` : JUDGED_IT, ruleId ?? '', CYCLES_LISTED_MAX),
    async cycle(project, id) {
      const exact = await read(project, 'cycle_id = {id: String}', id, 1);
      if (exact.length > 0 || id.length < ID_PREFIX_CHARACTERS) return exact[0];
      const [found, ...others] = await read(project, 'startsWith(cycle_id, {id: String})', id, 2);
      return others.length === 0 ? found : undefined;
    },
    verdictOf: async (project, ruleId) => (await read(project, JUDGED_IT, ruleId, 1))[0],
    async fingerprints(project) {
      const rows = await driver.query<{ cycle_id: string; fingerprint: string }>(
        `SELECT cycle_id, fingerprint FROM ${cyclesTable.name} FINAL WHERE project = {project: String}`,
        { parameters: { project }, rowsMax: FINGERPRINTS_MAX },
      );
      return new Map(rows.map((row) => [row.cycle_id, row.fingerprint]));
    },
    async judged(project) {
      const rows = await driver.query<{ rule: string }>(
        `SELECT DISTINCT concat(rule_id, '@', toString(rule_version)) AS rule FROM ${reportsTable.name}
         WHERE project = {project: String}`,
        { parameters: { project }, rowsMax: FINGERPRINTS_MAX },
      );
      return new Set(rows.map(({ rule }) => rule));
    },
  };
}

function encodeCycle(cycle: CycleReport): Row {
  return {
    project: cycle.project,
    cycle_id: cycle.id,
    started_at: new Date(cycle.startedAt),
    finished_at: new Date(cycle.finishedAt),
    control: cycle.control,
    alpha: cycle.alpha,
    candidates: cycle.candidates,
    promoted: cycle.reports.filter(({ status }) => status === 'promoted').length,
    bound: cycle.bound,
    runs_budget: cycle.runsBudget,
    runs_used: cycle.runsUsed,
    icc: cycle.icc,
    seed: cycle.seed,
    fingerprint: cycle.fingerprint,
    report: JSON.stringify(cycle),
  };
}

function encodeReport(cycle: CycleReport, report: CandidateReport): Row {
  return {
    project: cycle.project,
    cycle_id: cycle.id,
    rule_id: report.ruleId,
    rule_version: report.ruleVersion,
    status: report.status,
    reason: report.reason,
    pairs: report.pairs,
    gains: report.gains,
    losses: report.losses,
    void_baseline: report.voidPairs.baseline,
    void_treatment: report.voidPairs.treatment,
    log_e: report.logE,
    log_e_threshold: report.logEThreshold,
    anytime_p: report.anytimeP,
    triggered_tasks: report.triggeredTasks,
    coverage: report.coverage,
    lift_provisional: report.lift.provisional,
    lift_confirmed: report.lift.confirmed,
    lift_low: report.lift.confidenceSequence[0],
    lift_high: report.lift.confidenceSequence[1],
    runs_treatment: report.runs.treatment,
    runs_baseline: report.runs.baselineShared,
    runs_confirm: report.runs.confirm,
    at: new Date(cycle.finishedAt),
  };
}
