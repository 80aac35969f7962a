import type { Batch } from '../records.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRows, type Row, type Table } from './encode-rows.ts';
import { logRow, outcomeRow, spanRow } from './rows.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';

/** More partitions than this in one insert are refused by the engine. */
export const PARTITIONS_PER_INSERT_MAX = 100;
const NANOS_PER_DAY = 86_400_000_000_000n;

/**
 * Stores a batch, table by table. Every insert has its own token made from the batch's, so that a retry after a failure
 * half-way completes what is missing and repeats nothing. Outcomes first and spans last: what makes a run visible comes
 * after what belongs to it.
 */
export async function writeBatch(driver: SqlDriver, batch: Batch, token: string): Promise<void> {
  await insertAll(driver, OUTCOMES, batch.outcomes.map(outcomeRow), token);
  const logs = byDay(batch.logs, (log) => log.timeUnixNano);
  for (const [index, part] of logs.entries())
    await insertAll(driver, LOGS, part.map(logRow), `${token}:${index}`);
  const spans = byDay(batch.spans, (span) => span.startUnixNano);
  for (const [index, part] of spans.entries())
    await insertAll(driver, SPANS, part.map(spanRow), `${token}:${index}`);
}

async function insertAll(
  driver: SqlDriver,
  table: Table,
  rows: readonly Row[],
  token: string,
): Promise<void> {
  if (rows.length > 0) await driver.insert(encodeRows(table, rows, token));
}

/** Splits rows so that no insert touches more than {@link PARTITIONS_PER_INSERT_MAX} days; nearly always one part. */
function byDay<T>(rows: readonly T[], nanosOf: (row: T) => bigint): (readonly T[])[] {
  const days = [...new Set(rows.map((row) => nanosOf(row) / NANOS_PER_DAY))].sort((a, b) => Number(a - b));
  if (days.length <= PARTITIONS_PER_INSERT_MAX) return [rows];
  const parts: T[][] = [];
  const partOf = new Map(days.map((day, index) => [day, Math.floor(index / PARTITIONS_PER_INSERT_MAX)]));
  for (const row of rows) (parts[partOf.get(nanosOf(row) / NANOS_PER_DAY) ?? 0] ??= []).push(row);
  return parts;
}
