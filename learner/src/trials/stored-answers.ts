import type { SqlDriver } from '@tracelore/collector/store';
import { TRIALS } from './trial-log.ts';

/** Answers to one case as far apart as this, in score units: the one is right, the other wrong. */
const APART_MIN = 0.5;

interface Source {
  readonly driver: SqlDriver;
  readonly database: string;
}

/** A right and a wrong answer to one case, as its scorer says. */
export interface AnswerPair {
  readonly caseId: string;
  readonly right: StoredAnswer;
  readonly wrong: StoredAnswer;
}

export interface StoredAnswer {
  readonly output: string;
  /** Whether the agent had been given rules. */
  readonly hadRules: boolean;
}

/** The oldest stored answer to a case; undefined = none. */
export async function readFirstAnswer(
  { driver, database }: Source,
  project: string,
  caseId: string,
): Promise<string | undefined> {
  const [first] = await driver.query<{ output: string }>(
    `SELECT output FROM ${database}.${TRIALS.name}
     WHERE project = {project: String} AND case_id = {case: String} AND state = 'scored' AND output != ''
       AND purpose != 'replay'
     ORDER BY finished_at, trial_id LIMIT 1`,
    { parameters: { project, case: caseId } },
  );
  return first?.output;
}

/** Of each of these cases the best and the worst stored answer, where one is right and the other wrong. */
export async function readAnswerPairs(
  { driver, database }: Source,
  project: string,
  caseIds: readonly string[],
  limit: number,
): Promise<readonly AnswerPair[]> {
  const rows = await driver.query<{
    caseId: string;
    right: string;
    wrong: string;
    rightHadRules: number;
    wrongHadRules: number;
  }>(
    `SELECT case_id AS caseId, argMax(output, score) AS right, argMin(output, score) AS wrong,
            argMax(notEmpty(rules), score) AS rightHadRules, argMin(notEmpty(rules), score) AS wrongHadRules
     FROM (
       SELECT case_id, output, rules, score FROM ${database}.${TRIALS.name}
       WHERE project = {project: String} AND case_id IN {cases: Array(String)} AND state = 'scored' AND output != ''
         AND purpose != 'replay'
       ORDER BY finished_at, trial_id
     )
     GROUP BY case_id HAVING max(score) - min(score) >= ${APART_MIN} ORDER BY case_id LIMIT {limit: UInt32}`,
    { parameters: { project, cases: [...caseIds], limit } },
  );
  return rows.map((row) => ({
    caseId: row.caseId,
    right: { output: row.right, hadRules: row.rightHadRules === 1 },
    wrong: { output: row.wrong, hadRules: row.wrongHadRules === 1 },
  }));
}
