import type { SqlDriver } from '@tracelore/collector/store';
import { outcomePassed } from '@tracelore/sdk/contract';
import { DECISION_COLUMNS, DECISIONS, decodeDecision, type DecisionRow } from '../serving/decision-table.ts';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import { ONLINE_UNITS } from '../online/unit-ledger.ts';

/** Rules of one report. */
const RULES_MAX = 100_000;
/** Answers of one run that are looked at. */
const DECISIONS_OF_RUN_MAX = 1_000;
/** Newest runs per rule among which judged ones are looked for. */
const RUNS_PER_RULE_MAX = 200;

/** How often a rule was given to agents, as far back as answers are kept. */
export interface Injections {
  readonly answers: number;
  /** ISO time. */
  readonly lastAt: string;
}

/** Outcomes of the units that got a rule, over all its experiments. */
export interface InjectedOutcomes {
  readonly units: number;
  readonly mean: number;
}

/** Outcomes of one arm as a sample. */
export interface ArmSample {
  readonly n: number;
  readonly mean: number;
  /** Of the sample, with n − 1; 0 for one value. */
  readonly variance: number;
}

/** Newest judged runs that a rule was given to. */
export interface RecentRuns {
  readonly runs: number;
  readonly failed: number;
}

/** What answers were made of, up to those given just before the call. Every method is confined to one project. */
export interface InjectionReader {
  /** By rule id; rules that were never injected are missing. */
  injections(project: string): Promise<ReadonlyMap<string, Injections>>;
  /** By rule id. Pinned rules have no units: nothing is tossed for them. */
  outcomesWithRule(project: string): Promise<ReadonlyMap<string, InjectedOutcomes>>;
  /** Answers given to a run, by its id or those of the decisions that its spans name. Trials are left out. */
  decisionsOf(
    project: string,
    runId: string,
    decisionIds: readonly string[],
  ): Promise<readonly DecisionRecord[]>;
  /** By rule id: among the newest judged runs that got the rule, at most `runsMax` each. */
  recentRuns(
    project: string,
    ruleIds: readonly string[],
    runsMax: number,
  ): Promise<ReadonlyMap<string, RecentRuns>>;
  /** Outcomes of an experiment in both arms. */
  arms(
    project: string,
    ruleId: string,
    epoch: string,
  ): Promise<{ readonly injected: ArmSample; readonly withheld: ArmSample; readonly sinceMs: number }>;
  /** How often each rule (`id@version`) was injected since then, epoch ms. */
  injectedSince(project: string, sinceMs: number): Promise<ReadonlyMap<string, number>>;
}

const INJECTED = `arrayJoin(arrayFilter((rule, isInjected) -> isInjected, rules, injected))`;
const SERVED = `project = {project: String} AND trial_id = '' AND arm = 'served'`;

export function createInjectionReader(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  /** Resolves when records of answers given before are stored. */
  readonly flushDecisions: () => Promise<void>;
}): InjectionReader {
  const { driver, database, flushDecisions } = options;
  return {
    async injections(project) {
      await flushDecisions();
      const rows = await driver.query<{ rule_id: string; answers: string; last_ms: string }>(
        `SELECT splitByChar('@', ref)[1] AS rule_id, count() AS answers, toUnixTimestamp64Milli(max(at)) AS last_ms
          FROM (SELECT at, ${INJECTED} AS ref FROM ${database}.${DECISIONS.name} WHERE ${SERVED}) GROUP BY rule_id`,
        { parameters: { project }, rowsMax: RULES_MAX },
      );
      return new Map(
        rows.map((row) => [
          row.rule_id,
          { answers: Number(row.answers), lastAt: new Date(Number(row.last_ms)).toISOString() },
        ]),
      );
    },
    async outcomesWithRule(project) {
      const rows = await driver.query<{ rule_id: string; units: string; mean: number }>(
        `SELECT rule_id, count() AS units, avg(assumeNotNull(outcome)) AS mean FROM ${database}.${ONLINE_UNITS.name}
          WHERE project = {project: String} AND rule_id != '' AND injected AND outcome IS NOT NULL GROUP BY rule_id`,
        { parameters: { project }, rowsMax: RULES_MAX },
      );
      return new Map(rows.map((row) => [row.rule_id, { units: Number(row.units), mean: row.mean }]));
    },
    async decisionsOf(project, runId, decisionIds) {
      await flushDecisions();
      const rows = await driver.query<DecisionRow>(
        `SELECT ${DECISION_COLUMNS} FROM ${database}.${DECISIONS.name}
          WHERE project = {project: String} AND trial_id = ''
            AND (run_id = {run: String} OR decision_id IN {ids: Array(String)})
          ORDER BY at, decision_id LIMIT ${DECISIONS_OF_RUN_MAX}`,
        { parameters: { project, run: runId, ids: decisionIds } },
      );
      return rows.map(decodeDecision);
    },
    async recentRuns(project, ruleIds, runsMax) {
      await flushDecisions();
      const rows = await driver.query<{
        rule_id: string;
        score: number | null;
        passed: boolean | null;
      }>(
        `WITH given AS (
            SELECT splitByChar('@', ref)[1] AS rule_id, run_id, max(at) AS last
            FROM (SELECT at, run_id, ${INJECTED} AS ref FROM ${database}.${DECISIONS.name} WHERE ${SERVED} AND run_id != '')
            WHERE rule_id IN {rules: Array(String)} GROUP BY rule_id, run_id
            ORDER BY last DESC LIMIT ${RUNS_PER_RULE_MAX} BY rule_id)
          SELECT rule_id, runs.outcome_score AS score, runs.outcome_passed AS passed
          FROM given INNER JOIN (
            SELECT run_id, outcome_score, outcome_passed FROM ${database}.runs FINAL
            WHERE project = {project: String} AND run_id IN (SELECT run_id FROM given)
              AND (outcome_score IS NOT NULL OR outcome_passed IS NOT NULL)) AS runs ON given.run_id = runs.run_id
          ORDER BY last DESC LIMIT {runs: UInt32} BY rule_id`,
        { parameters: { project, rules: ruleIds, runs: runsMax }, rowsMax: RULES_MAX },
      );
      return new Map(
        [...Map.groupBy(rows, (row) => row.rule_id)].map(([ruleId, judged]) => [
          ruleId,
          { runs: judged.length, failed: judged.filter((row) => !isGood(row)).length },
        ]),
      );
    },
    async arms(project, ruleId, epoch) {
      const rows = await driver.query<{
        injected: boolean;
        n: string;
        mean: number;
        variance: number;
        since_ms: string;
      }>(
        `SELECT injected, count() AS n, avg(assumeNotNull(outcome)) AS mean,
            if(n < 2, 0, varSamp(assumeNotNull(outcome))) AS variance, toUnixTimestamp64Milli(min(decided_at)) AS since_ms
          FROM ${database}.${ONLINE_UNITS.name} WHERE project = {project: String} AND rule_id = {rule: String} AND epoch = {epoch: String}
            AND outcome IS NOT NULL GROUP BY injected`,
        { parameters: { project, rule: ruleId, epoch } },
      );
      const arm = (injected: boolean): ArmSample => {
        const row = rows.find((each) => each.injected === injected);
        return row === undefined
          ? { n: 0, mean: 0, variance: 0 }
          : { n: Number(row.n), mean: row.mean, variance: row.variance };
      };
      const since = rows.map((row) => Number(row.since_ms));
      return {
        injected: arm(true),
        withheld: arm(false),
        sinceMs: since.length === 0 ? 0 : Math.min(...since),
      };
    },
    async injectedSince(project, sinceMs) {
      await flushDecisions();
      const rows = await driver.query<{ ref: string; answers: string }>(
        `SELECT ref, count() AS answers FROM (
            SELECT ${INJECTED} AS ref FROM ${database}.${DECISIONS.name}
            WHERE ${SERVED} AND at >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')) GROUP BY ref`,
        { parameters: { project, since: sinceMs }, rowsMax: RULES_MAX },
      );
      return new Map(rows.map((row) => [row.ref, Number(row.answers)]));
    },
  };
}

function isGood({
  score,
  passed,
}: {
  readonly score: number | null;
  readonly passed: boolean | null;
}): boolean {
  return outcomePassed({
    ...(score === null ? {} : { score }),
    ...(passed === null ? {} : { passed }),
  });
}
