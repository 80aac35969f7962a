import type { SqlDriver } from './driver.ts';
import { joinedRows, type Table } from './encode-rows.ts';
import { EncodedBatch, type Part } from './prepare-batches.ts';
import type { RecentRuns } from './recent-runs.ts';
import type { PreparedBatch } from './store.ts';
import { StoreError } from './store-error.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';

/** Outcomes first and spans last: what makes a run visible comes after what belongs to it. */
const TABLES: readonly Table[] = [OUTCOMES, LOGS, SPANS];

/**
 * Stores batches together, table by table. Every insert has its own token made from the given one, so that a retry after a
 * failure half-way completes what is missing and repeats nothing. What was stored of runs is noted in `recent`.
 */
export async function writePrepared(
  driver: SqlDriver,
  batches: readonly PreparedBatch[],
  token: string,
  recent: RecentRuns,
): Promise<void> {
  const encoded = encodedBatches(batches);
  const parts = encoded.flatMap((batch) => batch.parts);
  for (const table of TABLES) {
    const ofTable = parts.filter((part) => part.table.name === table.name);
    // Batches that are written together come from one version, so they have the same columns.
    for (const [period, together] of Map.groupBy(ofTable, (part) => part.period))
      await driver.insert(insertOf(together[0]?.table ?? table, together, `${token}:${period}`));
  }
  recent.add(
    token,
    parts.flatMap((part) => part.heads),
  );
  for (const batch of encoded) batch.written();
}

/** Batches of this store's own form. @throws StoreError for others. */
export function encodedBatches(batches: readonly PreparedBatch[]): EncodedBatch[] {
  const encoded = batches.filter((batch) => batch instanceof EncodedBatch);
  if (encoded.length < batches.length)
    throw new StoreError('invalid_row', 'expected batches that a store has prepared');
  return encoded;
}

function insertOf(table: Table, parts: readonly Part[], token: string): ReturnType<typeof joinedRows> {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return joinedRows(
    table,
    parts.map((part) => part.bytes),
    rows,
    token,
  );
}
