import { setTimeout as delay } from 'node:timers/promises';
import type { SqlDriver, SqlParameters } from './driver.ts';
import { localTable, onCluster, systemTable } from './placement.ts';
import { StoreError } from './store-error.ts';

/** Longest time that a deletion may take, ms: it rewrites every part that holds such a row. */
const DELETION_TIMEOUT_MS = 600_000;
/** A server deletes in the background; it is asked this often, ms, whether it has. */
const POLL_INTERVAL_MS = 100;

/** Part of a day, as `system.parts` names it. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Deletion {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly table: string;
  /** SQL over the columns of the table; values are bound. */
  readonly condition: string;
  readonly parameters: SqlParameters;
  /** Only rows of this day (`2026-11-20`), for tables that are parted by day. */
  readonly day?: string;
}

/**
 * Deletes rows for good, not only from sight: parts are written again without them. Resolves with the number of rows when
 * that is done; the old files go within minutes. Does nothing when there are none.
 */
export async function deleteRows(deletion: Deletion): Promise<number> {
  const { driver, database, table, condition, parameters, day } = deletion;
  const [counted] = await driver.query<{ n: string }>(
    `SELECT count() AS n FROM ${database}.${table} WHERE ${condition}${day === undefined ? '' : ` AND _partition_id = '${dayDigits(day)}'`}`,
    { parameters },
  );
  const rows = Number(counted?.n ?? 0);
  if (rows === 0) return 0;
  const partition = day === undefined ? '' : ` IN PARTITION '${checkedDay(day)}'`;
  const rewritten = `${database}.${localTable(driver, table)}${onCluster(driver)}`;
  await driver.command(`ALTER TABLE ${rewritten} DELETE${partition} WHERE ${condition}`, {
    parameters,
    timeoutMs: DELETION_TIMEOUT_MS,
  });
  await untilDone(driver, database, table);
  return rows;
}

/** Drops all rows of one day at once: files are removed, nothing is written again. */
export async function dropDay(
  driver: SqlDriver,
  database: string,
  table: string,
  day: string,
): Promise<void> {
  const dropped = `${database}.${localTable(driver, table)}${onCluster(driver)}`;
  await driver.command(`ALTER TABLE ${dropped} DROP PARTITION '${checkedDay(day)}'`);
}

function checkedDay(day: string): string {
  if (!DAY.test(day)) throw new StoreError('unsupported', `${day}: expected a day such as 2026-11-20`);
  return day;
}

function dayDigits(day: string): string {
  return checkedDay(day).replaceAll('-', '');
}

interface Mutation {
  readonly mutation_id: string;
  readonly latest_fail_reason: string;
}

/** Waits until no mutation of the table is under way. */
export async function untilDone(driver: SqlDriver, database: string, table: string): Promise<void> {
  const endAt = performance.now() + DELETION_TIMEOUT_MS;
  for (;;) {
    const [open] = await driver.query<Mutation>(
      `SELECT mutation_id, latest_fail_reason FROM ${systemTable(driver, 'mutations')} WHERE database = {database: String} AND table = {table: String} AND NOT is_done LIMIT 1`,
      { parameters: { database, table: localTable(driver, table) } },
    );
    if (open === undefined) return;
    if (open.latest_fail_reason !== '' || performance.now() > endAt)
      throw new StoreError(
        'unavailable',
        `deleting rows of ${table} (mutation ${open.mutation_id}) is not done: ${open.latest_fail_reason || 'it takes too long'}; start it again`,
      );
    await delay(POLL_INTERVAL_MS);
  }
}
