import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import { storedRecord } from '../learn/records/stored-record.ts';
import { bettingLogE } from '../stats/betting.ts';
import type { RuleWatch } from './rule-watch.ts';
import type { WatchKey } from './unit-ledger.ts';

/** Columns as in `store/schema/008_online.sql`. */
export const ONLINE_WATCHES: Table = {
  name: 'online_watches',
  columns: {
    project: 'LowCardinality(String)',
    rule_id: 'LowCardinality(String)',
    epoch: 'LowCardinality(String)',
    position: 'UInt32',
    fingerprint: 'LowCardinality(String)',
    stage: 'LowCardinality(String)',
    log_e_harm: 'Float64',
    log_e_benefit: 'Float64',
    at: "DateTime64(3, 'UTC')",
    watch: 'String',
  },
};

/** Most watches of one project that are held: some 20 kB each. */
export const WATCHES_MAX = 10_000;

/** A watched rule in one epoch. */
export interface Watched extends WatchKey {
  readonly fingerprint: string;
  readonly watch: RuleWatch;
}

/** Stored states of watches. */
export interface WatchLog {
  save(project: string, watched: readonly Watched[], now: Date): Promise<void>;
  /** The newest state of each, those that changed last first, at most {@link WATCHES_MAX}. */
  read(project: string): Promise<readonly Watched[]>;
}

interface WatchRow {
  readonly rule_id: string;
  readonly epoch: string;
  readonly fingerprint: string;
  readonly watch: string;
}

export function createWatchLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly newId: NewId;
}): WatchLog {
  const { driver, newId } = options;
  const table = { ...ONLINE_WATCHES, name: `${options.database}.${ONLINE_WATCHES.name}` };
  return {
    async save(project, watched, now) {
      if (watched.length === 0) return;
      const rows = watched.map(({ ruleId, epoch, fingerprint, watch }) => ({
        project,
        rule_id: ruleId,
        epoch,
        position: watch.units,
        fingerprint,
        stage: watch.stage,
        log_e_harm: bettingLogE(watch.harm),
        log_e_benefit: bettingLogE(watch.benefit),
        at: now,
        watch: JSON.stringify(watch),
      }));
      await driver.insert(encodeRows(table, rows, `online-watches:${newId()}`));
    },
    async read(project) {
      const rows = await driver.query<WatchRow>(
        `SELECT rule_id, epoch, fingerprint, watch FROM ${table.name} FINAL
          WHERE project = {project: String} ORDER BY at DESC, rule_id, epoch LIMIT ${WATCHES_MAX}`,
        { parameters: { project } },
      );
      return rows.map((row) => ({
        ruleId: row.rule_id,
        epoch: row.epoch,
        fingerprint: row.fingerprint,
        watch: storedRecord<RuleWatch>(row.watch, 'watch', ['stage', 'units', 'harm', 'strata']),
      }));
    },
  };
}
