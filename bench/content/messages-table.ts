import { createHash } from 'node:crypto';
import type { Row, Table } from '@tracelore/collector/store';
import { PROJECT, type Place } from './spans-table.ts';

/** Bytes of a hash: among 2^34 messages two share one with a chance below 2^-60. */
const HASH_BYTES = 16;
/** Hashes remembered as stored. One that was forgotten is stored again and merged away later. */
const REMEMBERED_MAX = 200_000;
/** Rows between two index marks: messages are looked up one by one. */
const GRANULARITY = 128;

/** `project`: a message is stored once per project. `conversation`: once per conversation, beside its neighbours. */
export type MessageKey = 'project' | 'conversation';

export const MESSAGES: Table & { readonly definition: string } = {
  name: 'bench_messages',
  columns: { project: 'LowCardinality(String)', conversation_id: 'String', hash: 'String', body: 'String' },
  definition: `(project LowCardinality(String), conversation_id String CODEC(ZSTD(1)), hash String, body String CODEC(ZSTD(1)))
    ENGINE = ReplacingMergeTree ORDER BY (project, conversation_id, hash)
    SETTINGS index_granularity = ${GRANULARITY}, non_replicated_deduplication_window = 10000,
      min_bytes_for_wide_part = 268435456`,
};

/** Hashes of messages, and which of them are not stored yet. */
export class MessageHashes {
  readonly #key: MessageKey;
  /** In the order of their last use. */
  readonly #stored = new Set<string>();
  #new: Row[] = [];

  constructor(key: MessageKey) {
    this.#key = key;
  }

  of(conversation: string, body: string): Buffer {
    const hash = createHash('sha256').update(body).digest().subarray(0, HASH_BYTES);
    const conversation_id = this.#key === 'project' ? '' : conversation;
    const id = conversation_id + hash.toString('latin1');
    if (!this.#stored.delete(id)) this.#new.push({ project: PROJECT, conversation_id, hash, body });
    this.#stored.add(id);
    const [oldest] = this.#stored;
    if (this.#stored.size > REMEMBERED_MAX && oldest !== undefined) this.#stored.delete(oldest);
    return hash;
  }

  /** Rows for the messages seen for the first time since the last call. */
  takeNew(): Row[] {
    const rows = this.#new;
    this.#new = [];
    return rows;
  }
}

/** Messages by their hashes in hexadecimal. */
export async function readMessages(
  { driver, database }: Place,
  key: MessageKey,
  conversation: string,
  hashes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const rows = await driver.query<{ id: string; body: string }>(
    `SELECT lower(hex(hash)) AS id, body FROM ${database}.${MESSAGES.name}
     WHERE project = {project: String} AND conversation_id = {conversation: String}
       AND hash IN (SELECT unhex(arrayJoin({hashes: Array(String)})))`,
    {
      parameters: {
        project: PROJECT,
        conversation: key === 'project' ? '' : conversation,
        hashes: [...hashes],
      },
    },
  );
  return new Map(rows.map(({ id, body }) => [id, body]));
}
