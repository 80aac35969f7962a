import type { SqlDriver } from '@tracelore/collector/store';
import { TRIALS } from './trial-log.ts';
import type { RuleReference, TrialPlace } from './trial-runner.ts';

/** Trials of one cycle that are read at once: as many as a cycle may have. */
const TRIALS_MAX = 1_000_000;

/** A trial of a validation cycle as it was stored: its place in the plan, and the score that came of it. */
export interface StoredTrial {
  readonly trialId: string;
  readonly caseId: string;
  readonly purpose: 'baseline' | 'treatment';
  readonly rules: readonly RuleReference[];
  /** In [0, 1]; null = no judgement. */
  readonly score: number | null;
  readonly place: TrialPlace;
}

interface TrialRow {
  readonly trial_id: string;
  readonly case_id: string;
  readonly purpose: string;
  readonly rules: readonly string[];
  readonly score: number | null;
  readonly phase: string;
  readonly candidate: string;
  readonly coins: readonly string[];
  readonly period: number;
  readonly pass: number;
  readonly block: string;
  readonly round: number;
  readonly position: number;
  readonly pair: number;
}

/** Reads the trials of one validation cycle, in the order of their plan; each once. */
export async function readCycleTrials(
  store: { readonly driver: SqlDriver; readonly database: string },
  project: string,
  cycleId: string,
): Promise<readonly StoredTrial[]> {
  const rows = await store.driver.query<TrialRow>(
    `SELECT trial_id, case_id, purpose, rules, score,
            phase, candidate, coins, period, pass, block, round, position, pair
     FROM ${store.database}.${TRIALS.name}
     WHERE project = {project: String} AND group_id = {cycle: String} AND phase != ''
     ORDER BY phase, round, position LIMIT 1 BY trial_id`,
    { parameters: { project, cycle: cycleId }, rowsMax: TRIALS_MAX },
  );
  return rows.map((row) => ({
    trialId: row.trial_id,
    caseId: row.case_id,
    purpose: row.purpose === 'baseline' ? 'baseline' : 'treatment',
    rules: row.rules,
    score: row.score,
    place: {
      phase: row.phase === 'confirmation' || row.phase === 'rerun' ? row.phase : 'decision',
      candidate: row.candidate,
      coins: row.coins,
      period: row.period,
      pass: row.pass,
      block: row.block,
      round: row.round,
      position: row.position,
      pair: row.pair,
    },
  }));
}
