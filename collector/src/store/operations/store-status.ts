import path from 'node:path';
import { systemTable } from '../placement.ts';
import type { Store } from '../store.ts';

/** One table as it lies on disk: active parts only. Sizes in bytes. */
export interface TableStatus {
  readonly name: string;
  readonly engine: string;
  readonly rows: number;
  /** All files, indexes and marks included. */
  readonly bytesOnDisk: number;
  /** Column data as stored, and what it was before compression. */
  readonly compressedBytes: number;
  readonly uncompressedBytes: number;
  /** `bytesOnDisk` per row; null without rows. */
  readonly bytesPerRow: number | null;
  readonly parts: number;
  /** Most parts that lie in one partition: merges are behind when it grows. */
  readonly partsInPartitionMax: number;
  /** Days (`2026-11-20`) of tables that are parted by day; null for others and without rows. */
  readonly oldestDay: string | null;
  readonly newestDay: string | null;
  /** Inserted blocks among which a repeated token is found; 0 = tokens are ignored. */
  readonly deduplicationWindow: number;
}

/** A log that the engine itself writes. */
export interface SystemLogStatus {
  readonly name: string;
  readonly rows: number;
  readonly bytesOnDisk: number;
  /** It has a TTL, so it does not grow for ever. */
  readonly isBounded: boolean;
}

export interface DiskStatus {
  readonly name: string;
  readonly path: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export interface StoreStatus {
  readonly engineVersion: string;
  readonly database: string;
  /** `embedded` or `server`. */
  readonly kind: string;
  /** Directory, or host of the server. */
  readonly place: string;
  readonly tables: readonly TableStatus[];
  /** Newest applied schema file by package. */
  readonly schema: Readonly<Record<string, number>>;
  readonly disks: readonly DiskStatus[];
  readonly systemLogs: readonly SystemLogStatus[];
  /** What an operator should look at, in words. */
  readonly warnings: readonly string[];
}

/** Above this many parts in one partition merges do not keep up; the engine slows inserts down from 1 000 on. */
const PARTS_IN_PARTITION_WARNED = 300;
/** Share of a disk below which merges may soon lack room. */
const FREE_SHARE_WARNED = 0.1;

const TABLES = `
SELECT name, engine, engine_full AS definition
FROM system.tables
WHERE database = {database: String} AND engine LIKE '%MergeTree'
ORDER BY name`;

const partsIn = (from: string): string => `
SELECT table, sum(part.rows) AS rows, sum(part.bytes) AS bytes_on_disk, sum(part.compressed) AS compressed,
  sum(part.uncompressed) AS uncompressed, sum(part.count) AS parts, max(part.count) AS parts_max,
  minIf(partition, match(partition, {day: String})) AS oldest, maxIf(partition, match(partition, {day: String})) AS newest
FROM
(
  SELECT table, partition, count() AS count, sum(rows) AS rows, sum(bytes_on_disk) AS bytes,
    sum(data_compressed_bytes) AS compressed, sum(data_uncompressed_bytes) AS uncompressed
  FROM ${from}
  WHERE database = {database: String} AND active
  GROUP BY table, partition
) AS part
GROUP BY table`;

/** Partition of a table that is parted by day. */
const DAY = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';

const SYSTEM_LOGS = `
SELECT name, ifNull(total_rows, 0) AS rows, ifNull(total_bytes, 0) AS bytes, position(engine_full, ' TTL ') > 0 AS bounded
FROM system.tables
WHERE database = 'system' AND engine LIKE '%MergeTree' AND match(name, '_log(_[0-9]+)?$')
ORDER BY name`;

interface TableRow {
  readonly name: string;
  readonly engine: string;
  readonly definition: string;
}

interface PartsRow {
  readonly table: string;
  readonly rows: string;
  readonly bytes_on_disk: string;
  readonly compressed: string;
  readonly uncompressed: string;
  readonly parts: string;
  readonly parts_max: string;
  readonly oldest: string;
  readonly newest: string;
}

/** How the store lies on its disk. Reads system tables only: cheap whatever the size. */
export async function readStoreStatus({
  driver,
  database,
  location,
}: Pick<Store, 'driver' | 'database' | 'location'>): Promise<StoreStatus> {
  const parameters = { database };
  const [version] = await driver.query<{ version: string }>('SELECT version() AS version');
  const tables = await driver.query<TableRow>(TABLES, { parameters });
  const parts = await driver.query<PartsRow>(partsIn(systemTable(driver, 'parts')), {
    parameters: { database, day: DAY },
  });
  const applied = await driver.query<{ package: string; number: number }>(
    `SELECT package, max(number) AS number FROM ${database}.schema_migrations GROUP BY package ORDER BY package`,
  );
  const disks = await driver.query<{ name: string; path: string; free: string; total: string }>(
    'SELECT name, path, free_space AS free, total_space AS total FROM system.disks ORDER BY name',
  );
  const logs = await driver.query<{ name: string; rows: string; bytes: string; bounded: number }>(
    SYSTEM_LOGS,
  );
  const byTable = new Map(parts.map((row) => [row.table, row]));
  const status = {
    engineVersion: version?.version ?? '',
    database,
    kind: location.kind,
    place: location.kind === 'embedded' ? path.resolve(location.directory) : new URL(location.url).host,
    tables: tables.map((table) => tableStatus(table, byTable.get(table.name))),
    schema: Object.fromEntries(applied.map((row) => [row.package, row.number])),
    disks: disks.map((disk) => ({
      name: disk.name,
      path: disk.path,
      freeBytes: Number(disk.free),
      totalBytes: Number(disk.total),
    })),
    systemLogs: logs.map((log) => ({
      name: log.name,
      rows: Number(log.rows),
      bytesOnDisk: Number(log.bytes),
      isBounded: log.bounded === 1,
    })),
  };
  return { ...status, warnings: warningsOf(status) };
}

function tableStatus({ name, engine, definition }: TableRow, parts: PartsRow | undefined): TableStatus {
  const rows = Number(parts?.rows ?? 0);
  const bytesOnDisk = Number(parts?.bytes_on_disk ?? 0);
  return {
    name,
    engine,
    rows,
    bytesOnDisk,
    compressedBytes: Number(parts?.compressed ?? 0),
    uncompressedBytes: Number(parts?.uncompressed ?? 0),
    bytesPerRow: rows === 0 ? null : bytesOnDisk / rows,
    parts: Number(parts?.parts ?? 0),
    partsInPartitionMax: Number(parts?.parts_max ?? 0),
    oldestDay: parts?.oldest || null,
    newestDay: parts?.newest || null,
    deduplicationWindow: windowOf(engine, definition),
  };
}

/** Each family of engines reads its own setting and ignores the other; a replicated table has a window without being told. */
function windowOf(engine: string, definition: string): number {
  const isReplicated = engine.startsWith('Replicated');
  const setting = isReplicated ? 'replicated_deduplication_window' : 'non_replicated_deduplication_window';
  const found = new RegExp(`\\b${setting} = (\\d+)`).exec(definition)?.[1];
  return Number(found ?? (isReplicated ? REPLICATED_WINDOW : 0));
}

/** What the engine takes when a replicated table names no window. */
const REPLICATED_WINDOW = 10_000;

function warningsOf({
  tables,
  disks,
  systemLogs,
}: Pick<StoreStatus, 'tables' | 'disks' | 'systemLogs'>): string[] {
  return [
    ...tables
      .filter((table) => table.deduplicationWindow === 0)
      .map(
        (table) => `${table.name} has no deduplication window: a repeated insert would be stored twice there`,
      ),
    ...tables
      .filter((table) => table.partsInPartitionMax > PARTS_IN_PARTITION_WARNED)
      .map(
        (table) =>
          `${table.name} has ${table.partsInPartitionMax} parts in one partition: merges do not keep up`,
      ),
    ...disks
      .filter((disk) => disk.totalBytes > 0 && disk.freeBytes < disk.totalBytes * FREE_SHARE_WARNED)
      .map((disk) => `less than a tenth of disk ${disk.name} (${disk.path}) is free`),
    ...systemLogs
      .filter((log) => !log.isBounded)
      .map(
        (log) => `system.${log.name} has no TTL and grows for ever: set one in the server's configuration`,
      ),
  ];
}
