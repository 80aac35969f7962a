import type { Row, Table } from '@tracelore/collector/store';
import { ARMS } from '@tracelore/sdk/contract';
import type { DecisionItem, DecisionRecord } from '../injectors/rule-set.ts';

/** Columns as in `store/schema/002_decisions.sql`, and `epochs` of 008. */
export const DECISIONS: Table = {
  name: 'decisions',
  columns: {
    project: 'LowCardinality(String)',
    decision_id: 'String',
    at: "DateTime64(3, 'UTC')",
    unit: 'String',
    agent: 'LowCardinality(String)',
    run_id: 'String',
    trial_id: 'String',
    snapshot: 'UInt64',
    fingerprint: 'LowCardinality(String)',
    task_hash: 'String',
    arm: 'LowCardinality(String)',
    best_cosine: 'Nullable(Float64)',
    rules: 'Array(LowCardinality(String))',
    ranks: 'Array(UInt16)',
    propensities: 'Array(Float64)',
    coins: 'Array(Float64)',
    injected: 'Array(Bool)',
    epochs: 'Array(LowCardinality(String))',
  },
};

/** A row of `decisions` as it is read. */
export interface DecisionRow {
  readonly project: string;
  readonly decision_id: string;
  readonly at_ms: string;
  readonly unit: string;
  readonly agent: string;
  readonly run_id: string;
  readonly trial_id: string;
  readonly snapshot: string;
  readonly fingerprint: string;
  readonly task_hash: string;
  readonly arm: string;
  readonly best_cosine: number | null;
  readonly rules: readonly string[];
  readonly ranks: readonly number[];
  readonly propensities: readonly number[];
  readonly coins: readonly number[];
  readonly injected: readonly boolean[];
  readonly epochs: readonly string[];
}

/** Select list that {@link decodeDecision} reads. */
export const DECISION_COLUMNS: string = Object.keys(DECISIONS.columns)
  .map((column) => (column === 'at' ? 'toUnixTimestamp64Milli(at) AS at_ms' : column))
  .join(', ');

export function encodeDecision(decision: DecisionRecord): Row {
  const { items } = decision;
  return {
    project: decision.project,
    decision_id: decision.id,
    at: new Date(decision.at),
    unit: decision.unit,
    agent: decision.agent,
    run_id: decision.runId,
    trial_id: decision.trialId,
    snapshot: BigInt(decision.snapshot),
    fingerprint: decision.fingerprint,
    task_hash: decision.taskHash,
    arm: decision.arm,
    best_cosine: decision.bestCosine,
    rules: items.map((item) => item.rule),
    ranks: items.map((item) => item.rank),
    propensities: items.map((item) => item.propensity),
    coins: items.map((item) => item.coin),
    injected: items.map((item) => item.injected),
    epochs: items.map((item) => item.epoch),
  };
}

export function decodeDecision(row: DecisionRow): DecisionRecord {
  const items = row.rules.map((rule, index): DecisionItem => ({
    rule,
    rank: row.ranks[index] ?? 0,
    propensity: row.propensities[index] ?? 0,
    coin: row.coins[index] ?? 0,
    injected: row.injected[index] ?? false,
    epoch: row.epochs[index] ?? '',
  }));
  return {
    id: row.decision_id,
    project: row.project,
    unit: row.unit,
    agent: row.agent,
    runId: row.run_id,
    trialId: row.trial_id,
    at: new Date(Number(row.at_ms)).toISOString(),
    snapshot: Number(row.snapshot),
    fingerprint: row.fingerprint,
    taskHash: row.task_hash,
    // Rows of a newer version may know further arms: those are answers without a known meaning here.
    arm: ARMS.find((arm) => arm === row.arm) ?? 'abstained',
    items,
    bestCosine: row.best_cosine,
  };
}
