import { onCluster, systemTable } from '../placement.ts';
import type { Store } from '../store.ts';

/** Longest time that one partition may take to merge, ms. */
const MERGE_TIMEOUT_MS = 3_600_000;
/** Partitions of one table that are looked at in one go; older ones are merged in the next. */
const PARTITIONS_MAX = 10_000;

export interface OptimizeStep {
  readonly table: string;
  /** `2026-11-20`, or `tuple()` for tables that are not parted. */
  readonly partition: string;
  /** Parts before. */
  readonly parts: number;
  /** Of all steps of this call, from 1. */
  readonly step: number;
  readonly steps: number;
}

interface Partition {
  readonly table: string;
  readonly partition: string;
  readonly id: string;
  readonly parts: string;
}

/** Partitions that are in more than one part. */
const scattered = (parts: string): string => `
SELECT table, any(partition) AS partition, partition_id AS id, count() AS parts
FROM ${parts}
WHERE database = {database: String} AND active
GROUP BY table, partition_id
HAVING count() > 1
ORDER BY table, id
LIMIT {limit: UInt32}`;

/**
 * Merges every partition into one part, one after the other: the smallest form on disk, and the dearest work there is, so
 * it belongs into quiet hours. Yields before each merge. Stopping between two leaves nothing half done.
 */
export async function* optimizeStore({
  driver,
  database,
}: Pick<Store, 'driver' | 'database'>): AsyncGenerator<OptimizeStep, void> {
  const partitions = await driver.query<Partition>(scattered(systemTable(driver, 'parts')), {
    parameters: { database, limit: PARTITIONS_MAX },
  });
  for (const [index, { table, partition, id, parts }] of partitions.entries()) {
    yield { table, partition, parts: Number(parts), step: index + 1, steps: partitions.length };
    await driver.command(
      `OPTIMIZE TABLE {database: Identifier}.{table: Identifier}${onCluster(driver)} PARTITION ID {id: String} FINAL`,
      {
        parameters: { database, table, id },
        timeoutMs: MERGE_TIMEOUT_MS,
      },
    );
  }
}
