import { randomBytes, randomUUID } from 'node:crypto';
import { deleteRows } from '../store/delete-rows.ts';
import { encodeRows, type Row } from '../store/encode-rows.ts';
import type { Store } from '../store/store.ts';
import { AUDIT_LOG } from './tables.ts';

/** Who asked for something. */
export interface AuditSubject {
  /** Id of the API key, `''` = no key: the owner on the loopback interface, or the service itself. */
  readonly keyId: string;
  /** Name the request gave for who decides, `''` = none. A claim, unlike the key. */
  readonly actor: string;
  /** Address the request came from, `''` = none. */
  readonly address: string;
}

export interface AuditEntry extends AuditSubject {
  /** `*` = the service as a whole. */
  readonly project: string;
  /** What was done, for example `key.create`, `erasure`, `retention.run`, `backup`. */
  readonly action: string;
  /** What it was done to. No personal data: ids of people as a digest. */
  readonly object: string;
  readonly result: 'done' | 'failed' | 'refused';
  /** In words, at most {@link DETAIL_CHARACTERS_MAX} characters. */
  readonly detail: string;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** What the service does by itself. */
export const SERVICE_SUBJECT: AuditSubject = { keyId: '', actor: 'service', address: '' };

const DETAIL_CHARACTERS_MAX = 1_000;
const TEXT_CHARACTERS_MAX = 200;
/** Refusals written down per minute; the rest of that minute is one entry with their number. */
const REFUSALS_PER_MINUTE_MAX = 60;
const MINUTE_MS = 60_000;
/** Most entries of one page. */
export const AUDIT_PAGE_MAX = 1_000;
const MS_PER_DAY = 86_400_000;

interface AuditRow extends Omit<StoredAuditEntry, 'at' | 'keyId'> {
  readonly at_ms: string;
  readonly key_id: string;
}

export interface AuditLogOptions {
  readonly store: Pick<Store, 'driver' | 'database'>;
  readonly now: () => Date;
  /** Takes entries that could not be stored, for the operator. */
  readonly report: (text: string) => void;
}

/** Who did what, append-only. */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #sequence = 0;
  #minute = 0;
  #refusals = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Resolves when the entry is stored. One that cannot be goes to the operator as a line: never lost in silence. */
  async record(entry: AuditEntry): Promise<void> {
    const rows = [...this.#leftOut(entry)];
    if (entry.result !== 'refused') rows.push(entry);
    else if (this.#refusals < REFUSALS_PER_MINUTE_MAX) {
      this.#refusals += 1;
      rows.push(entry);
    } else this.#refusals += 1;
    if (rows.length === 0) return;
    const at = this.#options.now();
    try {
      await this.#options.store.driver.insert(
        encodeRows(
          AUDIT_LOG,
          rows.map((row) => auditRow(row, at, this.#newId(at))),
          `audit:${randomUUID()}`,
        ),
      );
    } catch (error) {
      this.#options.report(
        `audit log: not stored (${error instanceof Error ? error.message : String(error)}): ${JSON.stringify(entry)}`,
      );
    }
  }

  /** Runs what an entry is about, and records how it ended. */
  async around<T>(entry: Omit<AuditEntry, 'result'>, work: () => Promise<T>): Promise<T> {
    try {
      const done = await work();
      await this.record({ ...entry, result: 'done' });
      return done;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await this.record({ ...entry, result: 'failed', detail: `${entry.detail} ${reason}`.trim() });
      throw error;
    }
  }

  /** Newest first; `before` is the id of the last entry of the page before. */
  async list(
    projects: readonly string[],
    { limit, before = '' }: { readonly limit: number; readonly before?: string },
  ): Promise<StoredAuditEntry[]> {
    const { driver, database } = this.#options.store;
    const log = `${database}.${AUDIT_LOG.name}`;
    const rows = await driver.query<AuditRow>(
      `SELECT toUnixTimestamp64Milli(at) AS at_ms, id, project, action, object, result, key_id, actor, address, detail
       FROM ${log}
       WHERE project IN {projects: Array(String)} AND ({before: String} = '' OR (at, id) <
         (SELECT (at, id) FROM ${log} WHERE project IN {projects: Array(String)} AND id = {before: String} LIMIT 1))
       ORDER BY at DESC, id DESC LIMIT {limit: UInt32}`,
      { parameters: { projects, before, limit: Math.min(limit, AUDIT_PAGE_MAX) } },
    );
    return rows.map(({ at_ms, key_id: keyId, ...rest }) => ({
      ...rest,
      keyId,
      at: new Date(Number(at_ms)).toISOString(),
    }));
  }

  /** Removes entries older than this many days. Resolves with their number. */
  async expire(days: number): Promise<number> {
    const { store, now } = this.#options;
    return await deleteRows({
      ...store,
      table: AUDIT_LOG.name,
      condition: 'at < fromUnixTimestamp64Milli({cutoff: Int64})',
      parameters: { cutoff: now().getTime() - days * MS_PER_DAY },
    });
  }

  /** In order of time, and within a millisecond in the order of this process. */
  #newId(at: Date): string {
    this.#sequence = (this.#sequence + 1) % 0x1_0000;
    const digits = (value: number, length: number): string => value.toString(16).padStart(length, '0');
    return `${digits(at.getTime(), 12)}${digits(this.#sequence, 4)}${randomBytes(4).toString('hex')}`;
  }

  /** The number of refusals of the minute before that were left out. */
  *#leftOut(entry: AuditEntry): Generator<AuditEntry> {
    const minute = Math.floor(this.#options.now().getTime() / MINUTE_MS);
    if (minute === this.#minute) return;
    const leftOut = this.#refusals - REFUSALS_PER_MINUTE_MAX;
    this.#minute = minute;
    this.#refusals = 0;
    if (leftOut > 0)
      yield {
        ...SERVICE_SUBJECT,
        project: '*',
        action: 'refusals',
        object: '',
        result: 'refused',
        detail: `${leftOut} more in the minute before ${entry.action}`,
      };
  }
}

function auditRow(entry: AuditEntry, at: Date, id: string): Row {
  return {
    project: entry.project,
    at,
    id,
    action: entry.action,
    object: entry.object.slice(0, TEXT_CHARACTERS_MAX),
    result: entry.result,
    key_id: entry.keyId,
    actor: entry.actor.slice(0, TEXT_CHARACTERS_MAX),
    address: entry.address,
    detail: entry.detail.slice(0, DETAIL_CHARACTERS_MAX),
  };
}
