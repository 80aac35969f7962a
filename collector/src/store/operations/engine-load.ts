import type { Store } from '../store.ts';

/** What the engine has to carry now. On a cluster: the server that is asked. */
export interface EngineLoad {
  readonly tables: readonly {
    readonly table: string;
    /** Active ones; merges are behind when they grow into the hundreds. */
    readonly parts: number;
    readonly rows: number;
    readonly bytesOnDisk: number;
  }[];
  readonly merges: number;
  /** Counted by the engine itself. */
  readonly memoryBytes: number;
}

const PARTS = `
SELECT table, count() AS parts, sum(rows) AS row_count, sum(bytes_on_disk) AS bytes
FROM system.parts
WHERE database = {database: String} AND active
GROUP BY table
ORDER BY table`;

const NOW = `
SELECT (SELECT count() FROM system.merges WHERE database = {database: String}) AS merges,
  (SELECT value FROM system.metrics WHERE metric = 'MemoryTracking') AS memory`;

interface PartsRow {
  readonly table: string;
  readonly parts: string;
  readonly row_count: string;
  readonly bytes: string;
}

interface NowRow {
  readonly merges: string;
  readonly memory: string;
}

/** Time to answer, ms: who asks for figures does not wait for a busy engine. */
const TIMEOUT_MS = 2_000;

export async function readEngineLoad({
  driver,
  database,
}: Pick<Store, 'driver' | 'database'>): Promise<EngineLoad> {
  const options = { parameters: { database }, timeoutMs: TIMEOUT_MS };
  const parts = await driver.query<PartsRow>(PARTS, options);
  const [now] = await driver.query<NowRow>(NOW, options);
  return {
    tables: parts.map((row) => ({
      table: row.table,
      parts: Number(row.parts),
      rows: Number(row.row_count),
      bytesOnDisk: Number(row.bytes),
    })),
    merges: Number(now?.merges ?? 0),
    memoryBytes: Number(now?.memory ?? 0),
  };
}
