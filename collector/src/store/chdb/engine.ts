import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { StoreError } from '../store-error.ts';
import { holderPid, lockedError, refuseIfHeld } from './directory-lock.ts';
import { guardExit } from './exit-guard.ts';
import { Lane } from './lane.ts';
import { LanePool } from './lane-pool.ts';
import { loadNativeEngine } from './native.ts';

/** Queries that read at the same time; inserts and DDL have lanes of their own and never wait behind them. */
export const READ_LANES_MAX = 4;
export const WRITE_LANES_MAX = 2;
/** Native calls occupy libuv threads; with fewer than this, file and DNS work of the host waits for queries. */
export const UV_THREADS_MIN: number = READ_LANES_MAX + WRITE_LANES_MAX + 4;

/** What Node takes when nothing is set. */
const UV_THREADS = 4;
/** Left for stopping queries and for the host. */
const UV_THREADS_FREE = 2;

const KIB = 1024;
const MIB = 1024 * KIB;
const MARK_CACHE_BYTES = 64 * MIB;
const PRIMARY_INDEX_CACHE_BYTES = 64 * MIB;
/** Marks of skip indexes; the engine's default is 5 GB. */
const INDEX_MARK_CACHE_BYTES = 64 * MIB;
/** How often the engine compares its memory with the system's, ms. By default it reads the files for it 20 times a second. */
const MEMORY_LOOK_MS = 1_000;
const ENGINE_MEMORY_SHARE_MAX = 0.5;
const ENGINE_MEMORY_BYTES_MAX = 8192 * MIB;
const BACKGROUND_THREADS = 2;
const KILL_INTERVAL_MS = 50;
/** The engine reads file names in SQL as patterns. */
const PATTERN_CHARACTERS = /[*?{}'"\\]/;

/** The engine of this process, on its one directory. */
export interface EmbeddedEngine {
  readonly directory: string;
  readonly readers: LanePool;
  readonly writers: LanePool;
  /** Folder for the files that inserts are read from. */
  readonly inserts: string;
  /** Registers a running read: it ends with the signal, and when the engine closes. Call the result when it ended. */
  reading(queryId: string, signal?: AbortSignal): () => void;
  /** Stops a running query; resolves when it was told. */
  kill(queryId: string): Promise<void>;
  close(deadlineMs: number): Promise<void>;
}

/**
 * What a stored row survives: the end of the process, or a loss of power too. For the latter every insert waits for the disk:
 * ten to twelve `fsync` instead of none, whatever its size.
 */
export type Durability = 'process' | 'power';

export interface EngineOptions {
  readonly backups?: string;
  /** Default `process`. */
  readonly durability?: Durability;
}

/** chDB binds one directory per process: stores on the same directory share the engine. */
let current: { readonly engine: EmbeddedEngine; users: number } | undefined;

/**
 * Opens chDB on a directory, or joins the engine that is open on it. Below `backups` (default: a folder in the directory) the
 * engine may write and read backups, nowhere else; who joins gets the folder of who came first.
 * @throws StoreError `locked` (another process), `unsupported` (another directory is open in this process, worker thread,
 * chdb missing).
 */
export function openEngine(
  location: string,
  { backups = join(location, 'backups'), durability = 'process' }: EngineOptions = {},
): EmbeddedEngine {
  const directory = resolve(location);
  if (!isMainThread) {
    throw new StoreError(
      'unsupported',
      'the embedded store crashes in worker threads: open it on the main thread',
    );
  }
  if (PATTERN_CHARACTERS.test(directory)) {
    throw new StoreError(
      'unsupported',
      `the embedded store cannot use ${directory}: the path must not contain * ? { } ' " or \\`,
    );
  }
  if (current !== undefined && current.engine.directory !== directory) {
    throw new StoreError(
      'unsupported',
      `this process has its embedded store in ${current.engine.directory} and cannot open ${directory} beside it: ` +
        `close the first, or use a child process`,
    );
  }
  if (current === undefined)
    current = { engine: startEngine(directory, resolve(backups), durability), users: 0 };
  current.users++;
  const shared = current;
  let left = false;
  return {
    ...shared.engine,
    close: async (deadlineMs) => {
      if (left) return;
      left = true;
      shared.users--;
      if (shared.users > 0) return;
      try {
        await shared.engine.close(deadlineMs);
      } finally {
        if (current === shared) current = undefined;
      }
    },
  };
}

/** Parents first, one by one: on file systems that refuse folders (/proc) Node's own recursive way never ends. */
function createFolders(directory: string): void {
  if (existsSync(directory)) return;
  createFolders(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
}

function createFolder(directory: string): void {
  try {
    createFolders(directory);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'unsupported',
      `the directory ${directory} cannot be created: ${why}; choose another one for the data`,
      { cause: error },
    );
  }
}

function startEngine(directory: string, backups: string, durability: Durability): EmbeddedEngine {
  const data = join(directory, 'chdb');
  const inserts = join(directory, 'inserts');
  createFolder(data);
  refuseIfHeld(data);
  const native = loadNativeEngine();
  const lanesMax = lanesFor(Number(process.env['UV_THREADPOOL_SIZE'] ?? UV_THREADS));
  const configFile = join(directory, 'engine.xml');
  writeFileSync(configFile, engineConfig(backups, durability), { mode: 0o600 });
  const lanes = new Set<Lane>();
  const open = (): Lane => {
    for (const lane of lanes) if (lane.closed) lanes.delete(lane);
    const lane = new Lane(native, data, [`--config-file=${configFile}`]);
    lanes.add(lane);
    return lane;
  };
  const control = openFirst(open, data);
  sweep(inserts);
  const unguardExit = guardExit(open, () => lanes);

  const readers = new LanePool(lanesMax.read, open);
  const writers = new LanePool(lanesMax.write, open);
  const running = new Set<string>();
  let commands: Promise<void> = Promise.resolve();

  const kill = (queryId: string): Promise<void> => {
    // ASYNC always: SYNC waits for a query that waits for us.
    const sql = `KILL QUERY WHERE Settings['log_comment'] = {id: String} ASYNC`;
    const told = async (): Promise<void> => {
      await control.run(sql, 'Null', { id: queryId }).catch(() => undefined);
    };
    commands = commands.then(told);
    return commands;
  };
  /** A query may be told to stop before the engine knows it: repeat until it ended. */
  const killUntilEnded = async (queryId: string): Promise<void> => {
    while (running.has(queryId)) {
      await kill(queryId);
      await delay(KILL_INTERVAL_MS, undefined, { ref: false });
    }
  };
  return {
    directory,
    readers,
    writers,
    inserts,
    kill,
    reading: (queryId, signal) => {
      running.add(queryId);
      const abort = (): void => void killUntilEnded(queryId);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted === true) abort();
      return () => {
        running.delete(queryId);
        signal?.removeEventListener('abort', abort);
      };
    },
    close: async (deadlineMs) => {
      const written = writers.close();
      const read = readers.close();
      for (const queryId of running) void killUntilEnded(queryId);
      const ended = await Promise.race([
        Promise.all([written, read]).then(() => true),
        delay(deadlineMs, false, { ref: false }),
      ]);
      if (!ended) {
        throw new StoreError('busy', `the embedded store did not come to rest within ${deadlineMs} ms`);
      }
      await commands;
      control.close();
      unguardExit();
    },
  };
}

/**
 * Queries at a time. Each holds a thread of libuv's pool, and stopping one needs another: with few threads there are fewer
 * lanes. The pool's size cannot be changed here, it was made when the first module was loaded.
 */
function lanesFor(threads: number): { readonly read: number; readonly write: number } {
  if (threads < UV_THREADS_MIN) {
    process.emitWarning(
      `the embedded store shares ${threads} libuv threads with files and DNS of this process and will be slow: start it ` +
        `with UV_THREADPOOL_SIZE=16`,
      { code: 'TRACELORE_UV_THREADS' },
    );
  }
  const write = Math.min(WRITE_LANES_MAX, Math.max(1, Math.floor((threads - UV_THREADS_FREE) / 2)));
  const read = Math.min(READ_LANES_MAX, Math.max(1, threads - UV_THREADS_FREE - write));
  return { read, write };
}

function openFirst(open: () => Lane, data: string): Lane {
  try {
    return open();
  } catch (error) {
    const pid = holderPid(data);
    if (pid !== undefined && pid !== process.pid) throw lockedError(data, pid);
    throw new StoreError('unavailable', `the embedded store cannot open ${data}: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Files that a killed process left behind: their inserts were never answered. */
function sweep(inserts: string): void {
  mkdirSync(inserts, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(inserts)) rmSync(join(inserts, name), { force: true });
}

/**
 * Large merges take one column after the other, and what is written begins with small buffers: together a merge at its peak takes
 * some 180 MiB instead of 300. By default only merges of 131 072 rows do the first, and tables of 500 columns the second; a part
 * of spans has that many rows only when they are small.
 *
 * Parts wait until a dozen of a size are there: at one insert a second the default (5, and fewer for parts that are some seconds old)
 * writes each row anew so often that merges are most of the work. 250 spans/s, two pairs beside each other: 10.2 and 8.4, 10.4
 * and 9.8 % of a core, 13 to 15 and 25 parts.
 */
const LEAN_MERGES = `
    <vertical_merge_algorithm_min_rows_to_activate>16384</vertical_merge_algorithm_min_rows_to_activate>
    <min_columns_to_activate_adaptive_write_buffer>10</min_columns_to_activate_adaptive_write_buffer>
    <merge_selector_base>12</merge_selector_base>`;

/**
 * Settings of the tables of all packages, whoever makes them: fewer files per part, and nothing that our queries do not use.
 * Skip indexes share one file up to 1 MiB. No statistics per column, no marks per substream; texts with their lengths
 * between them, not apart: with all three, of a span of 2.3 KB, 139 → 113 bytes on disk and a sixth of the merge work.
 */
const SMALL_PARTS = `
    <packed_skip_index_max_bytes>1048576</packed_skip_index_max_bytes>
    <auto_statistics_types></auto_statistics_types>
    <write_marks_for_substreams_in_compact_parts>0</write_marks_for_substreams_in_compact_parts>
    <string_serialization_version>single_stream</string_serialization_version>`;

/** What differs by durability. */
const MERGE_TREE: Readonly<Record<Durability, string>> = {
  // What was merged stays until the system has written the result to the disk, which takes half a minute. The engine's own
  // eight minutes keep hundreds of parts in memory, each with the state of sixty columns.
  process: `
    <old_parts_lifetime>60</old_parts_lifetime>
    <cleanup_delay_period>5</cleanup_delay_period>
    <max_cleanup_delay_period>10</max_cleanup_delay_period>
    <cleanup_delay_period_random_add>0</cleanup_delay_period_random_add>`,
  power: `
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>`,
};

/** The engine's own defaults (5 GB of marks, 90 % of the machine's memory) are those of a dedicated server. */
function engineConfig(backups: string, durability: Durability): string {
  const memory = Math.min(Math.floor(totalmem() * ENGINE_MEMORY_SHARE_MAX), ENGINE_MEMORY_BYTES_MAX);
  return `<clickhouse>
  <mark_cache_size>${MARK_CACHE_BYTES}</mark_cache_size>
  <primary_index_cache_size>${PRIMARY_INDEX_CACHE_BYTES}</primary_index_cache_size>
  <index_mark_cache_size>${INDEX_MARK_CACHE_BYTES}</index_mark_cache_size>
  <memory_worker_period_ms>${MEMORY_LOOK_MS}</memory_worker_period_ms>
  <max_server_memory_usage>${memory}</max_server_memory_usage>
  <background_pool_size>${BACKGROUND_THREADS}</background_pool_size>
  <backups><allowed_path>${xmlText(backups)}</allowed_path></backups>
  <merge_tree>${SMALL_PARTS}${LEAN_MERGES}${MERGE_TREE[durability]}
  </merge_tree>
</clickhouse>
`;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
