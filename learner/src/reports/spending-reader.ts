import { priceOf, type SqlDriver } from '@tracelore/collector/store';
import type { Rule } from '../knowledge/rule.ts';
import type { InjectionReader } from './injection-reader.ts';
import type { CostReport, Spending } from './cost-per-lift.ts';

export interface SpendingReaderOptions {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly injections: InjectionReader;
  readonly findVersion: (project: string, reference: string) => Rule | undefined;
  /** Model of the learner; '' = none. */
  readonly model: string;
  readonly now: () => Date;
}

/** What was spent since then, epoch ms; 0 = since the beginning. */
export type ReadSpending = (
  project: string,
  sinceMs: number,
) => Promise<Pick<CostReport, 'since' | 'learner' | 'trials' | 'prompts'>>;

export function createSpendingReader(options: SpendingReaderOptions): ReadSpending {
  const { driver, database, injections, findVersion, model, now } = options;

  function priced(name: string, inputTokens: number, outputTokens: number): Spending {
    const usd =
      inputTokens + outputTokens === 0 ? 0 : priceOf(name, { inputTokens, outputTokens }, now().getTime());
    return { inputTokens, outputTokens, usd };
  }

  async function readLearner(project: string, sinceMs: number): Promise<Spending> {
    const [row] = await driver.query<{ input: string; output: string }>(
      `SELECT sum(input_tokens) AS input, sum(output_tokens) AS output FROM ${database}.learn_passes FINAL
        WHERE project = {project: String} AND started_at >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')`,
      { parameters: { project, since: sinceMs } },
    );
    return priced(model, Number(row?.input ?? 0), Number(row?.output ?? 0));
  }

  async function readTrials(project: string, sinceMs: number): Promise<Spending> {
    const [row] = await driver.query<{ input: string; output: string; usd: string; unpriced: string }>(
      `SELECT sum(input_tokens) AS input, sum(output_tokens) AS output, toString(sum(cost)) AS usd,
          sum(unpriced_calls) AS unpriced
        FROM ${database}.runs FINAL
        WHERE project = {project: String} AND trial_id != ''
          AND start_time >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')`,
      { parameters: { project, since: sinceMs } },
    );
    return {
      inputTokens: Number(row?.input ?? 0),
      outputTokens: Number(row?.output ?? 0),
      usd: Number(row?.unpriced ?? 0) > 0 ? null : Number(row?.usd ?? 0),
    };
  }

  /** Model that most of the project's tokens went to; '' = none is known. */
  async function mainModel(project: string, sinceMs: number): Promise<string> {
    const [row] = await driver.query<{ model: string }>(
      `SELECT model FROM ${database}.runs FINAL ARRAY JOIN mapKeys(model_tokens) AS model, mapValues(model_tokens) AS tokens
        WHERE project = {project: String} AND trial_id = ''
          AND start_time >= fromUnixTimestamp64Milli({since: Int64}, 'UTC')
        GROUP BY model ORDER BY sum(tokens) DESC, model LIMIT 1`,
      { parameters: { project, since: sinceMs } },
    );
    return row?.model ?? '';
  }

  async function readPrompts(project: string, sinceMs: number): Promise<Spending> {
    let tokens = 0;
    for (const [reference, answers] of await injections.injectedSince(project, sinceMs))
      tokens += answers * (findVersion(project, reference)?.tokens ?? 0);
    return priced(await mainModel(project, sinceMs), tokens, 0);
  }

  return async (project, sinceMs) => {
    const [learner, trials, prompts] = await Promise.all([
      readLearner(project, sinceMs),
      readTrials(project, sinceMs),
      readPrompts(project, sinceMs),
    ]);
    return { since: sinceMs === 0 ? null : new Date(sinceMs).toISOString(), learner, trials, prompts };
  };
}
