import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SqlDriver } from '../driver.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { MANIFEST_FILE, TABLES_FOLDER, type BackupManifest, type TableManifest } from './backup-manifest.ts';

/** Between two looks at a running backup, ms. */
const LOOK_INTERVAL_MS = 200;
/** Longest backup, ms: 2 TB at 50 MB/s. */
const BACKUP_TIMEOUT_MS = 43_200_000;
/** Parts remembered while a backup runs: what merges make of them meanwhile does not matter. */
const PARTS_MAX = 1_000_000;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const DISK = /^[A-Za-z0-9_-]{1,64}$/;

export interface BackupOptions {
  /** Name of the new backup: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  /** On a server: the disk of its configuration that takes backups. Default `backups`. */
  readonly disk?: string;
  /** Bytes copied so far. */
  readonly onProgress?: (bytes: number) => void;
}

export interface Backup {
  readonly name: string;
  /** Folder, or `Disk('backups', '…')` on a server. */
  readonly place: string;
  readonly bytes: number;
  readonly files: number;
  readonly tables: Readonly<Record<string, number>>;
}

/** Where the backups of an embedded store are kept. */
export function backupsFolder(location: Extract<Store['location'], { kind: 'embedded' }>): string {
  return path.resolve(location.backups ?? path.join(location.directory, 'backups'));
}

/** A name that nobody has yet: the second, UTC. */
export function backupNameAt(now: Date): string {
  return now.toISOString().slice(0, 19).replaceAll(':', '-');
}

/**
 * Backs the whole database up while everything goes on: each table as it stood at one moment. Tables are taken one after the
 * other within milliseconds, so an insert under way may be in a table and not yet in its lookup; a restore completes those.
 * Until it is finished a backup stands under another name, so that half of one is never taken for whole.
 * @throws StoreError `unsupported` (name, name taken), `backup_failed`
 */
export async function backUp(
  store: Pick<Store, 'driver' | 'database' | 'location'>,
  options: BackupOptions,
): Promise<Backup> {
  if (!NAME.test(options.name))
    throw new StoreError(
      'unsupported',
      `not a name for a backup: ${JSON.stringify(options.name)} (letters, digits, ".", "_" and "-", up to 100)`,
    );
  return store.location.kind === 'embedded'
    ? await backUpToFolder(store, backupsFolder(store.location), options)
    : await backUpToDisk(store, options);
}

async function backUpToFolder(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  folder: string,
  { name, onProgress }: BackupOptions,
): Promise<Backup> {
  const place = path.join(folder, name);
  const unfinished = `${place}.unfinished`;
  if (existsSync(place))
    throw new StoreError('unsupported', `there is a backup ${place} already: choose another name`);
  rmSync(unfinished, { recursive: true, force: true });
  const startedAt = new Date().toISOString();
  const target = { sql: 'File({path: String})', parameters: { path: path.join(unfinished, TABLES_FOLDER) } };
  const seen = new PartsSeen(driver, database);
  try {
    const { bytes, files } = await run(driver, database, target, async (copied) => {
      onProgress?.(copied);
      await seen.look();
    });
    const [version] = await driver.query<{ version: string }>('SELECT version() AS version');
    const manifest: BackupManifest = {
      format: 1,
      database,
      engineVersion: version?.version ?? '',
      startedAt,
      finishedAt: new Date().toISOString(),
      bytes,
      tables: seen.tablesIn(path.join(unfinished, TABLES_FOLDER)),
    };
    writeFileSync(path.join(unfinished, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 1)}\n`, {
      flush: true,
    });
    renameSync(unfinished, place);
    const tables = Object.entries(manifest.tables).map(([table, { rows }]) => [table, rows]);
    return { name, place, bytes, files, tables: Object.fromEntries(tables) };
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error;
  }
}

/** Not yet run against a server: its configuration must name the disk under `backups`. */
async function backUpToDisk(
  { driver, database }: Pick<Store, 'driver' | 'database'>,
  { name, disk = 'backups', onProgress }: BackupOptions,
): Promise<Backup> {
  if (!DISK.test(disk))
    throw new StoreError('unsupported', `not the name of a disk: ${JSON.stringify(disk)}`);
  const target = { sql: 'Disk({disk: String}, {name: String})', parameters: { disk, name } };
  const { bytes, files } = await run(driver, database, target, (copied) => onProgress?.(copied));
  const rows = await driver.query<{ table: string; rows: string }>(
    'SELECT table, sum(rows) AS rows FROM system.parts WHERE database = {database: String} AND active GROUP BY table ORDER BY table',
    { parameters: { database } },
  );
  const tables = Object.fromEntries(rows.map((row) => [row.table, Number(row.rows)]));
  return { name, place: `Disk('${disk}', '${name}')`, bytes, files, tables };
}

interface Progress {
  readonly status: string;
  readonly error: string;
  readonly files: string;
  readonly bytes: string;
  readonly copied: string;
}

/** Starts the backup and looks at it until it is over. */
async function run(
  driver: SqlDriver,
  database: string,
  target: { readonly sql: string; readonly parameters: Readonly<Record<string, string>> },
  onLook: (bytesCopied: number) => void | Promise<void>,
): Promise<{ readonly bytes: number; readonly files: number }> {
  const id = randomUUID();
  await onLook(0);
  await driver.command(`BACKUP DATABASE ${database} TO ${target.sql} SETTINGS id = '${id}' ASYNC`, {
    parameters: target.parameters,
  });
  const endAt = performance.now() + BACKUP_TIMEOUT_MS;
  while (performance.now() < endAt) {
    const [now] = await driver.query<Progress>(
      `SELECT status, error, num_files AS files, total_size AS bytes, compressed_size AS copied FROM system.backups WHERE id = {id: String}`,
      { parameters: { id } },
    );
    await onLook(Number(now?.copied ?? 0));
    if (now?.status === 'BACKUP_CREATED') return { bytes: Number(now.bytes), files: Number(now.files) };
    if (now === undefined || now.status !== 'CREATING_BACKUP')
      throw new StoreError(
        'backup_failed',
        `the backup ended as ${now?.status ?? 'unknown'}: ${firstLine(now?.error)}`,
      );
    await delay(LOOK_INTERVAL_MS);
  }
  throw new StoreError(
    'backup_failed',
    `the backup is not done after ${BACKUP_TIMEOUT_MS / 3_600_000} hours`,
  );
}

/** The engine adds a stack trace. */
function firstLine(text: string | undefined): string {
  return (text ?? '').split(', Stack trace')[0] ?? '';
}

interface PartRow {
  readonly table: string;
  readonly name: string;
  readonly rows: string;
  readonly hash: string;
}

/** Rows and hashes of all parts that existed while a backup ran: merged ones are forgotten by the engine after minutes. */
class PartsSeen {
  readonly #driver: SqlDriver;
  readonly #database: string;
  readonly #parts = new Map<string, PartRow>();

  constructor(driver: SqlDriver, database: string) {
    this.#driver = driver;
    this.#database = database;
  }

  async look(): Promise<void> {
    const rows = await this.#driver.query<PartRow>(
      'SELECT table, name, rows, hash_of_all_files AS hash FROM system.parts WHERE database = {database: String} LIMIT {limit: UInt32}',
      { parameters: { database: this.#database, limit: PARTS_MAX } },
    );
    for (const row of rows) this.#parts.set(`${row.table}/${row.name}`, row);
  }

  /** What the engine says it has backed up, from the list that it writes last. */
  tablesIn(folder: string): Record<string, TableManifest> {
    const list = readFileSync(path.join(folder, '.backup'), 'utf8');
    const named = new Set(
      [...list.matchAll(/<name>data\/[^/<]+\/([^/<]+)\/([^/<]+)\/checksums\.txt<\/name>/g)].map(
        ([, table, part]) => `${table}/${part}`,
      ),
    );
    const tables: Record<string, { rows: number; parts: string[] }> = {};
    for (const key of named) {
      const part = this.#parts.get(key);
      if (part === undefined)
        throw new StoreError('backup_failed', `part ${key} is in the backup and was never seen in the store`);
      const table = (tables[part.table] ??= { rows: 0, parts: [] });
      table.rows += Number(part.rows);
      table.parts.push(part.hash);
    }
    return tables;
  }
}
