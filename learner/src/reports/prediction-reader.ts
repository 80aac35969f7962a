import type { SqlDriver } from '@tracelore/collector/store';

/** Runs that were given a rule, or not, and how many of them failed in the way that is asked about. */
export interface FailureCount {
  readonly runs: number;
  readonly failed: number;
}

/** The same with and without the rule. Not randomised: who got a rule also had the tasks that it is for. */
export interface ProductionCount {
  readonly given: FailureCount;
  readonly notGiven: FailureCount;
}

/** What production says about one rule's predictions, over runs of its agent that started at `sinceMs` or later. */
export interface PredictionQuestion {
  readonly ruleId: string;
  /** '' = any. */
  readonly agent: string;
  readonly sinceMs: number;
  readonly fixes: readonly string[];
  readonly risks: readonly string[];
}

export type ReadPredictions = (
  project: string,
  question: PredictionQuestion,
) => Promise<{
  readonly fixes: ReadonlyMap<string, ProductionCount>;
  readonly risks: ReadonlyMap<string, ProductionCount>;
}>;

interface CountRow {
  readonly name: string;
  readonly given: string;
  readonly givenFailed: string;
  readonly other: string;
  readonly otherFailed: string;
}

/** Counts judged runs in earnest. A failure has a kind once a learning pass has looked at it. */
export function createPredictionReader(options: {
  readonly driver: SqlDriver;
  readonly database: string;
}): ReadPredictions {
  const { driver, database } = options;
  const JUDGED = `
    SELECT run_id, tags, outcome_passed = 0 AS failed,
      arrayExists(item -> startsWith(item, {rule: String}), knowledge_items) AS given
    FROM ${database}.runs FINAL
    WHERE project = {project: String} AND trial_id = '' AND outcome_passed IS NOT NULL
      AND ({agent: String} = '' OR agent = {agent: String})
      AND start_time >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')`;
  const COUNTS = (failed: string): string =>
    `countIf(given) AS given_runs, countIf(given AND ${failed}) AS given_failed,
      countIf(NOT given) AS other_runs, countIf(NOT given AND ${failed}) AS other_failed`;
  const SHOWN = `toString(given_runs) AS given, toString(given_failed) AS givenFailed,
      toString(other_runs) AS other, toString(other_failed) AS otherFailed`;

  return async (project, { ruleId, agent, sinceMs, fixes, risks }) => {
    const shared = { project, rule: `${ruleId}@`, agent, since: sinceMs };
    const count = async (
      sql: string,
      names: readonly string[],
    ): Promise<ReadonlyMap<string, ProductionCount>> => {
      if (names.length === 0) return new Map();
      const rows = await driver.query<CountRow>(sql, { parameters: { ...shared, names } });
      return new Map(rows.map((row) => [row.name, countOf(row)]));
    };
    return {
      fixes: await count(
        `SELECT name, ${SHOWN} FROM (
           SELECT name, ${COUNTS('(failed AND signature = name)')}
           FROM (${JUDGED}) AS judged
           LEFT JOIN (SELECT run_id, signature FROM ${database}.analyses FINAL WHERE project = {project: String}) AS kinds
             USING run_id
           ARRAY JOIN {names: Array(String)} AS name
           GROUP BY name)`,
        fixes,
      ),
      risks: await count(
        `SELECT name, ${SHOWN} FROM (
           SELECT name, ${COUNTS('failed')}
           FROM (${JUDGED}) AS judged ARRAY JOIN tags AS name
           WHERE name IN {names: Array(String)}
           GROUP BY name)`,
        risks,
      ),
    };
  };
}

function countOf(row: CountRow): ProductionCount {
  return {
    given: { runs: Number(row.given), failed: Number(row.givenFailed) },
    notGiven: { runs: Number(row.other), failed: Number(row.otherFailed) },
  };
}
