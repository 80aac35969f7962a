import { createRequire } from 'node:module';
import { StoreError } from '../store-error.ts';

/** The version whose native calls this folder was written against; they are no documented interface. */
export const CHDB_VERSION = '3.4.0';

declare const connectionBrand: unique symbol;
declare const streamBrand: unique symbol;
export interface NativeConnection {
  readonly [connectionBrand]: true;
}
export interface NativeStream {
  readonly [streamBrand]: true;
}

export interface NativeResult {
  readonly bytes: Uint8Array;
  /** Seconds. */
  readonly elapsed: number;
  /** For an insert: the rows written. */
  readonly rowsRead: number;
  readonly bytesRead: number;
}

export interface NativeChunk {
  readonly bytes?: Uint8Array;
  readonly numRows?: number;
  readonly done: boolean;
}

/** What a statement does: 0 reads, 1 writes rows, 2 changes definitions, 3 touches the session or the system. */
export interface NativeClass {
  readonly statementCount: number;
  readonly queryClass: number;
}

/** The calls of chdb's native addon that we use. One call at a time per connection. */
export interface NativeEngine {
  CreateConnection(directory: string, args: readonly string[]): NativeConnection;
  CloseConnection(connection: NativeConnection): void;
  QueryAsyncConnection(
    connection: NativeConnection,
    sql: string,
    format: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<NativeResult>;
  /** Blocks the event loop for the whole query. */
  QueryWithConnection(connection: NativeConnection, sql: string, format: string): string;
  StreamQuery(
    connection: NativeConnection,
    sql: string,
    format: string,
    parameters: Readonly<Record<string, string>>,
  ): NativeStream;
  StreamFetch(stream: NativeStream): Promise<NativeChunk>;
  StreamCancel(stream: NativeStream): void;
  DurableClassifyAsync(connection: NativeConnection, sql: string, database: string): Promise<NativeClass>;
}

const CALLS = [
  'CreateConnection',
  'CloseConnection',
  'QueryAsyncConnection',
  'QueryWithConnection',
  'StreamQuery',
  'StreamFetch',
  'StreamCancel',
  'DurableClassifyAsync',
] as const satisfies readonly (keyof NativeEngine)[];

function isNativeEngine(value: unknown): value is NativeEngine {
  return (
    typeof value === 'object' &&
    value !== null &&
    CALLS.every((call) => call in value && typeof Reflect.get(value, call) === 'function')
  );
}

/**
 * The engine's allocator gives freed memory back after 1 s instead of keeping it for 5: after full load that was a fifth of
 * the process's memory (770 → 620 MiB), for 3 % more CPU.
 */
const ALLOCATOR_SETTINGS = 'dirty_decay_ms:1000,muzzy_decay_ms:0';
/** Read once, when the library is loaded. */
const ALLOCATOR_VARIABLE = 'JE_MALLOC_CONF';

/** Somebody's own settings are left alone, and child processes do not inherit ours. */
function withAllocatorSettings<T>(load: () => T): T {
  if (process.env[ALLOCATOR_VARIABLE] !== undefined) return load();
  process.env[ALLOCATOR_VARIABLE] = ALLOCATOR_SETTINGS;
  try {
    return load();
  } finally {
    Reflect.deleteProperty(process.env, ALLOCATOR_VARIABLE);
  }
}

/**
 * Loads the native addon that npm installed for this platform, without chdb's JavaScript around it.
 * @throws StoreError `unsupported` when chdb is not installed, has no build for this platform, or lacks a call we need.
 */
export function loadNativeEngine(): NativeEngine {
  const require = createRequire(import.meta.url);
  let version: unknown;
  let addon: unknown;
  try {
    version = Reflect.get(require('chdb/package.json'), 'version');
    // By path: the loader is not among the package's exports, and it explains platform problems well.
    addon = withAllocatorSettings(() =>
      createRequire(require.resolve('chdb'))('./dist/loader.js').loadNative(),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'unsupported',
      `the embedded store needs the package chdb ${CHDB_VERSION}: ${reason}. Install it, or set CLICKHOUSE_URL to use a server.`,
      { cause: error },
    );
  }
  if (!isNativeEngine(addon)) {
    throw new StoreError(
      'unsupported',
      `chdb ${String(version)} lacks a native call that Tracelore needs (${CALLS.join(', ')}): install chdb ${CHDB_VERSION}`,
    );
  }
  return addon;
}
