import type { SqlDriver } from '@tracelore/collector/store';
import { OUTCOME_SOURCES, outcomeScore } from '@tracelore/sdk/contract';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import { DECISION_COLUMNS, DECISIONS, decodeDecision, type DecisionRow } from '../serving/decision-table.ts';
import { principalOf } from '../safety/principal.ts';
import type { RunOutcome } from './settle-unit.ts';

/** Runs of one look-up. */
const RUNS_MAX = 1_000;
/** Rows of one reading; what is beyond it is read the next time. An answer makes up to eleven pairs of rule and unit. */
export const DECISIONS_READ_MAX = 5_000;
export const OUTCOMES_READ_MAX = 200_000;

/** Reads what units are made of: answers and outcomes, as they were stored. */
export interface UnitReader {
  /** Answers decided after this time that coins were tossed for, oldest first, at most {@link DECISIONS_READ_MAX}. */
  decisions(project: string, afterMs: number): AsyncIterable<DecisionRecord>;
  /** Outcomes received after this time, oldest first, at most {@link OUTCOMES_READ_MAX}. */
  outcomes(project: string, afterMs: number): AsyncIterable<RunOutcome>;
  /** Pseudonyms of the users that these runs were for, by run id; '' = the run names none. */
  principalsOf(
    project: string,
    runIds: readonly string[],
    sinceMs: number,
  ): Promise<ReadonlyMap<string, string>>;
  /** Every outcome of these runs. */
  outcomesOf(project: string, runIds: readonly string[]): Promise<readonly RunOutcome[]>;
}

interface OutcomeRow {
  readonly run_id: string;
  readonly source: string;
  readonly score: number | null;
  readonly passed: boolean | null;
  readonly received_ms: string;
}

export function createUnitReader(options: {
  readonly driver: SqlDriver;
  readonly database: string;
}): UnitReader {
  const { driver, database } = options;
  const select = `SELECT run_id, source, score, passed, toUnixTimestamp64Milli(received_at) AS received_ms
    FROM ${database}.outcomes WHERE project = {project: String}`;
  return {
    async *decisions(project, afterMs) {
      const rows = driver.stream<DecisionRow>(
        `SELECT ${DECISION_COLUMNS} FROM ${database}.${DECISIONS.name}
          WHERE project = {project: String} AND at > fromUnixTimestamp64Milli({after: Int64}, 'UTC')
            AND toStartOfHour(at) >= toStartOfHour(fromUnixTimestamp64Milli({after: Int64}, 'UTC'))
            AND arm IN ('served', 'holdout') AND trial_id = '' AND run_id != ''
          ORDER BY at, decision_id LIMIT ${DECISIONS_READ_MAX}`,
        { parameters: { project, after: afterMs } },
      );
      for await (const row of rows) yield decodeDecision(row);
    },
    async *outcomes(project, afterMs) {
      const rows = driver.stream<OutcomeRow>(
        `${select} AND received_at > fromUnixTimestamp64Milli({after: Int64}, 'UTC')
          ORDER BY received_at, run_id LIMIT ${OUTCOMES_READ_MAX}`,
        { parameters: { project, after: afterMs } },
      );
      for await (const row of rows) yield* decodeOutcome(row);
    },
    async principalsOf(project, runIds, sinceMs) {
      const principals = new Map<string, string>();
      for (let from = 0; from < runIds.length; from += RUNS_MAX) {
        const rows = await driver.query<{ run_id: string; user_id: string }>(
          `SELECT run_id, argMax(user_id, revision) AS user_id FROM ${database}.runs
            WHERE project = {project: String} AND start_time >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')
              AND run_id IN {runs: Array(String)} GROUP BY run_id`,
          { parameters: { project, since: sinceMs, runs: runIds.slice(from, from + RUNS_MAX) } },
        );
        for (const row of rows) principals.set(row.run_id, principalOf(project, row.user_id));
      }
      return principals;
    },
    async outcomesOf(project, runIds) {
      const found: RunOutcome[] = [];
      for (let from = 0; from < runIds.length; from += RUNS_MAX) {
        const rows = await driver.query<OutcomeRow>(`${select} AND run_id IN {runs: Array(String)}`, {
          parameters: { project, runs: runIds.slice(from, from + RUNS_MAX) },
        });
        for (const row of rows) found.push(...decodeOutcome(row));
      }
      return found;
    },
  };
}

/** Nothing for a row that judges nothing, has no score in [0, 1], or a source that this version does not know. */
function decodeOutcome({ run_id, source, score, passed, received_ms }: OutcomeRow): RunOutcome[] {
  const known = OUTCOME_SOURCES.find((each) => each === source);
  if (known === undefined || (score === null && passed === null)) return [];
  const value = outcomeScore({
    ...(score === null ? {} : { score }),
    ...(passed === null ? {} : { passed }),
  });
  if (!(value >= 0 && value <= 1)) return [];
  return [{ runId: run_id, source: known, score: value, receivedAtMs: Number(received_ms) }];
}
