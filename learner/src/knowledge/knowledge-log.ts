import { encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import { LearnerError } from '../errors.ts';
import { KNOWLEDGE_EVENT_TYPES, type KnowledgeEvent } from './knowledge-base.ts';

/** Columns as in `store/schema/001_knowledge_log.sql`. */
export const KNOWLEDGE_LOG: Table = {
  name: 'knowledge_log',
  columns: {
    project: 'LowCardinality(String)',
    sequence: 'UInt64',
    id: 'String',
    type: 'LowCardinality(String)',
    rule_id: 'String',
    at: "DateTime64(3, 'UTC')",
    actor: 'String',
    data: 'String',
    previous_hash: 'String',
    hash: 'String',
  },
};

/** Longest log that is loaded, events over all projects: about 1 GB in memory. More is an error at start. */
export const LOG_EVENTS_MAX = 1_000_000;

/** The stored log. It keeps what it is given; the chain is made and checked by its reader. */
export interface KnowledgeLog {
  /** Every event of one project, or of all of them, ordered by project and sequence. */
  read(project?: string): AsyncIterable<KnowledgeEvent>;
  /** Number of stored events of a project. */
  count(project: string): Promise<number>;
  /** Stores events of one project together: all of them or none. Storing the same events again changes nothing. */
  append(events: readonly KnowledgeEvent[]): Promise<void>;
}

interface LogRow {
  readonly project: string;
  readonly sequence: string;
  readonly id: string;
  readonly type: string;
  readonly rule_id: string;
  readonly at_ms: string;
  readonly actor: string;
  readonly data: string;
  readonly previous_hash: string;
  readonly hash: string;
}

export function createKnowledgeLog(driver: SqlDriver, database: string): KnowledgeLog {
  const table = `${database}.${KNOWLEDGE_LOG.name}`;
  const columns = `project, sequence, id, type, rule_id, toUnixTimestamp64Milli(at) AS at_ms, actor, data, previous_hash, hash`;
  return {
    async *read(project) {
      const sql = `SELECT ${columns} FROM ${table}
        WHERE {project: String} = '' OR project = {project: String}
        ORDER BY project, sequence`;
      const options = { parameters: { project: project ?? '' }, rowsMax: LOG_EVENTS_MAX };
      for await (const row of driver.stream<LogRow>(sql, options)) yield decodeRow(row);
    },
    async count(project) {
      const rows = await driver.query<{ events: string }>(
        `SELECT count() AS events FROM ${table} WHERE project = {project: String}`,
        { parameters: { project } },
      );
      return Number(rows[0]?.events ?? 0);
    },
    async append(events) {
      const last = events.at(-1);
      if (last === undefined) return;
      // The hash covers everything before it, so it names this very append.
      await driver.insert(encodeRows(KNOWLEDGE_LOG, events.map(encodeRow), `knowledge:${last.hash}`));
    },
  };
}

function encodeRow(event: KnowledgeEvent): Readonly<Record<string, string | bigint | Date>> {
  return {
    project: event.project,
    sequence: BigInt(event.sequence),
    id: event.id,
    type: event.type,
    rule_id: event.ruleId,
    at: new Date(event.at),
    actor: event.actor,
    data: event.data,
    previous_hash: event.previousHash,
    hash: event.hash,
  };
}

function decodeRow(row: LogRow): KnowledgeEvent {
  const type = KNOWLEDGE_EVENT_TYPES.find((known) => known === row.type);
  if (type === undefined) {
    throw new LearnerError(
      'knowledge_log_broken',
      `knowledge log of project "${row.project}", entry ${row.sequence}: unknown type "${row.type}". A newer version wrote it: run that version or a later one.`,
    );
  }
  return {
    project: row.project,
    sequence: Number(row.sequence),
    id: row.id,
    type,
    ruleId: row.rule_id,
    at: new Date(Number(row.at_ms)).toISOString(),
    actor: row.actor,
    data: row.data,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
