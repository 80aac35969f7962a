import type { SqlDriver } from '@tracelore/collector/store';

/** Trials that are asked about at once. */
const TRIALS_PER_QUESTION = 5_000;

/** What trials cost, USD, by trial id; absent = not known, or not yet. */
export type ReadTrialCosts = (
  project: string,
  trialIds: readonly string[],
) => Promise<ReadonlyMap<string, number>>;

/** Reads the cost of trials off their recorded runs. A run with a model call that nobody can price has no cost. */
export function createTrialCosts(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  /** Resolves when runs show what was received before. */
  readonly settle: () => Promise<void>;
}): ReadTrialCosts {
  const { database } = options;
  return async (project, trialIds) => {
    await options.settle();
    const costs = new Map<string, number>();
    for (let from = 0; from < trialIds.length; from += TRIALS_PER_QUESTION) {
      const trials = trialIds.slice(from, from + TRIALS_PER_QUESTION);
      const rows = await options.driver.query<{ trial: string; usd: string }>(
        `SELECT trial_id AS trial, toString(sum(cost)) AS usd FROM ${database}.runs FINAL
          WHERE project = {project: String} AND trial_id IN {trials: Array(String)}
          GROUP BY trial_id HAVING countIf(cost IS NULL OR unpriced_calls > 0 OR state != 'closed') = 0`,
        { parameters: { project, trials }, rowsMax: TRIALS_PER_QUESTION },
      );
      for (const { trial, usd } of rows) costs.set(trial, Number(usd));
    }
    return costs;
  };
}
