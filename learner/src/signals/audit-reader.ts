import type { SqlDriver } from '@tracelore/collector/store';
import { OUTCOME_SOURCES, outcomePassed, type OutcomeSource } from '@tracelore/sdk/contract';
import type { AuditedRun } from './signal-quality.ts';

/** Newest runs with judgements of several sources that are looked at, per project. */
export const AUDITED_RUNS_MAX = 10_000;

interface AuditRow {
  readonly agent: string;
  readonly hadRules: number;
  readonly sources: readonly string[];
  readonly scores: readonly (number | null)[];
  readonly verdicts: readonly (boolean | null)[];
}

/** Runs about which signals of different trust spoke: each less trusted one is audited by the most trusted. */
export function createAuditReader(options: {
  readonly driver: SqlDriver;
  readonly database: string;
}): (project: string) => Promise<readonly AuditedRun[]> {
  const { driver, database } = options;
  return async (project) => {
    const rows = await driver.query<AuditRow>(
      `WITH judged AS (
         SELECT run_id, groupArray(source) AS sources, groupArray(newest_score) AS scores, groupArray(newest_passed) AS verdicts
         FROM (
           SELECT run_id, source, argMax(tuple(score), received_at).1 AS newest_score, argMax(tuple(passed), received_at).1 AS newest_passed
           FROM ${database}.outcomes WHERE project = {project: String} AND (isNotNull(score) OR isNotNull(passed))
           GROUP BY run_id, source
         )
         GROUP BY run_id HAVING length(sources) > 1
         LIMIT ${AUDITED_RUNS_MAX}
       )
       SELECT agent, knowledge_arm = 'served' AND notEmpty(knowledge_items) AS hadRules, sources, scores, verdicts
       FROM judged INNER JOIN (
         SELECT run_id, agent, knowledge_arm, knowledge_items FROM ${database}.runs FINAL
         WHERE project = {project: String} AND trial_id = '' AND run_id IN (SELECT run_id FROM judged)
       ) AS runs USING (run_id)`,
      { parameters: { project }, rowsMax: AUDITED_RUNS_MAX },
    );
    return rows.flatMap(auditsOf);
  };
}

function auditsOf({ agent, hadRules, sources, scores, verdicts }: AuditRow): AuditedRun[] {
  const said = new Map<OutcomeSource, boolean>();
  for (const [index, name] of sources.entries()) {
    const source = OUTCOME_SOURCES.find((known) => known === name);
    const [score, passed] = [scores[index] ?? null, verdicts[index] ?? null];
    if (source === undefined || (score === null && passed === null)) continue;
    said.set(
      source,
      outcomePassed({ ...(score === null ? {} : { score }), ...(passed === null ? {} : { passed }) }),
    );
  }
  const [most, ...others] = OUTCOME_SOURCES.filter((source) => said.has(source));
  const truth = most === undefined ? undefined : said.get(most);
  if (truth === undefined) return [];
  return others.map((source) => ({
    agent,
    source,
    said: said.get(source) ?? truth,
    truth,
    hadRules: hadRules === 1,
  }));
}
