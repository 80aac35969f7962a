import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import type { ClosedUnit } from './stratum.ts';

/** Columns as in `store/schema/008_online.sql`. */
export const ONLINE_UNITS: Table = {
  name: 'online_units',
  columns: {
    project: 'LowCardinality(String)',
    rule_id: 'LowCardinality(String)',
    epoch: 'LowCardinality(String)',
    position: 'UInt32',
    fingerprint: 'LowCardinality(String)',
    unit: 'String',
    injected: 'Bool',
    propensity: 'Float64',
    outcome: 'Nullable(Float64)',
    source: 'LowCardinality(String)',
    voter: 'String',
    stage: 'LowCardinality(String)',
    decided_at: "DateTime64(3, 'UTC')",
    closed_at: "DateTime64(3, 'UTC')",
  },
};

/** Units of one look-up: what one query's parameters bear. */
const LOOKED_UP_MAX = 1_000;

/** Names one randomised experiment: a rule (`''` = the whole layer) in an epoch. */
export interface WatchKey {
  readonly ruleId: string;
  readonly epoch: string;
}

/** A unit that closed for a rule: `online_units` without its place in the order. */
export interface Closing extends WatchKey, ClosedUnit {
  readonly fingerprint: string;
  readonly unit: string;
  /** Source of the outcome; '' = it is missing, or comes from several runs. */
  readonly source: string;
  /** Pseudonym of the user whose vote the outcome is; absent = it is nobody's vote. '' = a user whom nobody named. */
  readonly voter?: string;
  /** Epoch ms. */
  readonly decidedAtMs: number;
  readonly closedAtMs: number;
}

/** A consumed unit. */
export interface LedgerEntry extends Closing {
  /** From 1, without gaps, per rule and epoch. */
  readonly position: number;
  /** Stage of the rule after this unit. */
  readonly stage: string;
}

/** One text per (rule, epoch, unit). */
export function unitKey({ ruleId, epoch, unit }: Pick<Closing, 'ruleId' | 'epoch' | 'unit'>): string {
  return `${ruleId}\u0000${epoch}\u0000${unit}`;
}

/** One text per (rule, epoch, user). */
export function voteKey({ ruleId, epoch, voter = '' }: Pick<Closing, 'ruleId' | 'epoch' | 'voter'>): string {
  return `${ruleId}\u0000${epoch}\u0000${voter}`;
}

/** How the ledger writes who voted: a user whom nobody named is somebody too. */
const UNNAMED = 'unnamed';

/** Everything that was consumed, and when a watch can no longer be trusted, what it is rebuilt from. */
export interface UnitLedger {
  /** Stores entries together: all of them or none. */
  append(project: string, entries: readonly LedgerEntry[]): Promise<void>;
  /** Keys ({@link unitKey}) of everything consumed from these units. */
  consumed(project: string, units: readonly string[]): Promise<ReadonlySet<string>>;
  /** Keys ({@link voteKey}) of the votes of these users that were consumed. */
  votes(project: string, voters: readonly string[]): Promise<ReadonlySet<string>>;
  /** When the last consumed unit closed, epoch ms; 0 = none yet. */
  consumedUntilMs(project: string): Promise<number>;
  /** Newest position of every rule and epoch. */
  positions(project: string): Promise<readonly (WatchKey & { readonly position: number })[]>;
  /** Units of one epoch after a position, in order. */
  read(project: string, key: WatchKey, after: number): AsyncIterable<ClosedUnit & { fingerprint: string }>;
}

interface UnitRow {
  readonly fingerprint: string;
  readonly injected: boolean;
  readonly propensity: number;
  readonly outcome: number | null;
}

export function createUnitLedger(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly newId: NewId;
}): UnitLedger {
  const { driver, newId } = options;
  const table = { ...ONLINE_UNITS, name: `${options.database}.${ONLINE_UNITS.name}` };
  return {
    async append(project, entries) {
      if (entries.length === 0) return;
      const rows = entries.map((entry) => encodeEntry(project, entry));
      await driver.insert(encodeRows(table, rows, `online-units:${newId()}`));
    },
    async consumed(project, units) {
      const keys = new Set<string>();
      for (let from = 0; from < units.length; from += LOOKED_UP_MAX) {
        const rows = await driver.query<{ rule_id: string; epoch: string; unit: string }>(
          `SELECT rule_id, epoch, unit FROM ${table.name}
            WHERE project = {project: String} AND unit IN {units: Array(String)}`,
          { parameters: { project, units: units.slice(from, from + LOOKED_UP_MAX) } },
        );
        for (const row of rows) keys.add(unitKey({ ruleId: row.rule_id, epoch: row.epoch, unit: row.unit }));
      }
      return keys;
    },
    async votes(project, voters) {
      const keys = new Set<string>();
      for (let from = 0; from < voters.length; from += LOOKED_UP_MAX) {
        const named = voters.slice(from, from + LOOKED_UP_MAX).map((voter) => voter || UNNAMED);
        const rows = await driver.query<{ rule_id: string; epoch: string; voter: string }>(
          `SELECT DISTINCT rule_id, epoch, voter FROM ${table.name}
            WHERE project = {project: String} AND voter IN {voters: Array(String)}`,
          { parameters: { project, voters: named } },
        );
        for (const { rule_id: ruleId, epoch, voter } of rows)
          keys.add(voteKey({ ruleId, epoch, voter: voter === UNNAMED ? '' : voter }));
      }
      return keys;
    },
    async consumedUntilMs(project) {
      const rows = await driver.query<{ last: string }>(
        `SELECT toUnixTimestamp64Milli(max(closed_at)) AS last FROM ${table.name} WHERE project = {project: String}`,
        { parameters: { project } },
      );
      return Number(rows[0]?.last ?? 0);
    },
    async positions(project) {
      const rows = await driver.query<{ rule_id: string; epoch: string; last: number }>(
        `SELECT rule_id, epoch, max(position) AS last FROM ${table.name}
          WHERE project = {project: String} GROUP BY rule_id, epoch`,
        { parameters: { project } },
      );
      return rows.map((row) => ({ ruleId: row.rule_id, epoch: row.epoch, position: row.last }));
    },
    read: (project, { ruleId, epoch }, after) =>
      driver.stream<UnitRow>(
        `SELECT fingerprint, injected, propensity, outcome FROM ${table.name}
          WHERE project = {project: String} AND rule_id = {rule: String} AND epoch = {epoch: String}
            AND position > {after: UInt32}
          ORDER BY position`,
        { parameters: { project, rule: ruleId, epoch, after } },
      ),
  };
}

function encodeEntry(
  project: string,
  entry: LedgerEntry,
): Readonly<Record<string, string | number | boolean | Date | null>> {
  return {
    project,
    rule_id: entry.ruleId,
    epoch: entry.epoch,
    position: entry.position,
    fingerprint: entry.fingerprint,
    unit: entry.unit,
    injected: entry.injected,
    propensity: entry.propensity,
    outcome: entry.outcome,
    source: entry.source,
    voter: entry.voter === undefined ? '' : entry.voter || UNNAMED,
    stage: entry.stage,
    decided_at: new Date(entry.decidedAtMs),
    closed_at: new Date(entry.closedAtMs),
  };
}
