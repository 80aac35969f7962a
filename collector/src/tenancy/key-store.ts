import { encodeRows } from '../store/encode-rows.ts';
import { StoreError } from '../store/store-error.ts';
import type { Store } from '../store/store.ts';
import type { StoredKey } from './api-key.ts';
import { isScope } from './scope.ts';
import { API_KEY_ENDS, API_KEY_USES, API_KEYS, PROJECTS } from './tables.ts';

/** Keys that are held in memory, ended ones included. More are refused when they are made. */
export const KEYS_MAX = 10_000;

/** An end of a key before its term. */
export interface KeyEnd {
  readonly project: string;
  readonly keyId: string;
  readonly endsAt: Date;
  readonly cause: 'rotated' | 'revoked';
  readonly by: string;
  readonly at: Date;
}

export interface KeyUse {
  readonly project: string;
  readonly keyId: string;
  readonly usedAt: Date;
}

/** What is stored of a new key. */
export type KeyRow = Omit<StoredKey, 'endsAt' | 'endCause' | 'usedAt'> & {
  readonly expiresAt: Date | undefined;
};

export interface Project {
  readonly project: string;
  readonly createdAt: Date;
  readonly createdBy: string;
}

interface LoadedKey {
  readonly project: string;
  readonly key_id: string;
  readonly digest: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_ms: string;
  readonly created_by: string;
  /** `null` = none. */
  readonly term_ms: string | null;
  readonly ended_ms: string | null;
  readonly cause: string | null;
  readonly used_ms: string | null;
}

/** The tables of keys and projects. Rows are only added. */
export class KeyStore {
  readonly #store: Pick<Store, 'driver' | 'database'>;

  constructor(store: Pick<Store, 'driver' | 'database'>) {
    this.#store = store;
  }

  /** Every key that was ever made. Throws `StoreError` when there are more than {@link KEYS_MAX}. */
  async load(): Promise<StoredKey[]> {
    const { driver, database } = this.#store;
    const rows = await driver.query<LoadedKey>(
      `SELECT project, key_id, digest, name, scopes, toUnixTimestamp64Milli(created_at) AS created_ms, created_by,
         toUnixTimestamp64Milli(expires_at) AS term_ms, ended_ms, cause, used_ms
       FROM ${database}.api_keys
       LEFT JOIN (
         SELECT project, key_id, toNullable(toUnixTimestamp64Milli(min(ends_at))) AS ended_ms, toNullable(argMin(toString(cause), ends_at)) AS cause
         FROM ${database}.api_key_ends GROUP BY project, key_id) AS ends USING (project, key_id)
       LEFT JOIN (
         SELECT project, key_id, toNullable(toUnixTimestamp64Milli(max(used_at))) AS used_ms
         FROM ${database}.api_key_uses GROUP BY project, key_id) AS uses USING (project, key_id)
       ORDER BY project, created_at, key_id`,
      { rowsMax: KEYS_MAX },
    );
    return rows.map(storedKey);
  }

  async projects(): Promise<Project[]> {
    const { driver, database } = this.#store;
    const rows = await driver.query<{ project: string; created_ms: string; created_by: string }>(
      `SELECT project, toUnixTimestamp64Milli(min(created_at)) AS created_ms, argMin(created_by, created_at) AS created_by
       FROM ${database}.projects AS made GROUP BY project ORDER BY project`,
      { rowsMax: KEYS_MAX },
    );
    return rows.map(({ project, created_ms: ms, created_by: createdBy }) => ({
      project,
      createdAt: new Date(Number(ms)),
      createdBy,
    }));
  }

  async addKey(key: KeyRow): Promise<void> {
    const { project, keyId, createdAt, createdBy } = key;
    const made = { project, created_at: createdAt, created_by: createdBy };
    // First the project: one without keys is nothing, a key without its project would be a surprise.
    await this.#insert(PROJECTS, [made], `project:${project}:${keyId}`);
    const row = {
      ...made,
      key_id: keyId,
      digest: key.digest,
      name: key.name,
      scopes: key.scopes,
      expires_at: key.expiresAt ?? null,
    };
    await this.#insert(API_KEYS, [row], `key:${keyId}:${key.digest}`);
  }

  async endKey({ project, keyId, endsAt, cause, by, at }: KeyEnd): Promise<void> {
    const row = { project, key_id: keyId, ends_at: endsAt, cause, ended_by: by, at };
    await this.#insert(API_KEY_ENDS, [row], `key-end:${project}:${keyId}:${cause}:${endsAt.getTime()}`);
  }

  async noteUses(uses: readonly KeyUse[]): Promise<void> {
    const rows = uses.map(({ project, keyId, usedAt }) => ({ project, key_id: keyId, used_at: usedAt }));
    const [first] = uses;
    if (first === undefined) return;
    await this.#insert(
      API_KEY_USES,
      rows,
      `key-uses:${first.keyId}:${first.usedAt.getTime()}:${uses.length}`,
    );
  }

  async #insert(
    table: Parameters<typeof encodeRows>[0],
    rows: Parameters<typeof encodeRows>[1],
    token: string,
  ): Promise<void> {
    await this.#store.driver.insert(encodeRows(table, rows, token));
  }
}

function storedKey(row: LoadedKey): StoredKey {
  const term = dateOf(row.term_ms);
  const ended = dateOf(row.ended_ms);
  const isTerm = term !== undefined && (ended === undefined || term <= ended);
  const unknown = row.scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined)
    throw new StoreError(
      'newer_database',
      `API key ${row.key_id} has the scope ${JSON.stringify(unknown)}, which this program does not know: use the newer program`,
    );
  return {
    project: row.project,
    keyId: row.key_id,
    digest: row.digest,
    name: row.name,
    scopes: row.scopes.filter(isScope),
    createdAt: new Date(Number(row.created_ms)),
    createdBy: row.created_by,
    endsAt: isTerm ? term : ended,
    endCause: isTerm ? 'term' : ended === undefined ? undefined : causeOf(row.cause),
    usedAt: dateOf(row.used_ms),
  };
}

function dateOf(ms: string | null): Date | undefined {
  return ms === null ? undefined : new Date(Number(ms));
}

function causeOf(cause: string | null): 'rotated' | 'revoked' {
  return cause === 'rotated' ? 'rotated' : 'revoked';
}
