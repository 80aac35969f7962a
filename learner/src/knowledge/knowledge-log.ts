import { deleteRows, encodeRows, type SqlDriver, type Table } from '@tracelore/collector/store';
import { LearnerError } from '../errors.ts';
import { KNOWLEDGE_EVENT_TYPES, type KnowledgeEvent, type QuoteSources } from './knowledge-base.ts';
import type { SealedQuote } from './sealed-quote.ts';

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

/** Words that rules quote, apart from the log, so that they can be erased. Columns as in the same file. */
export const EVIDENCE_QUOTES: Table = {
  name: 'evidence_quotes',
  columns: {
    project: 'LowCardinality(String)',
    event_id: 'String',
    seal: 'String',
    salt: 'String',
    principal: 'String',
    run_id: 'String',
    trace_id: 'String',
    quote: 'String',
  },
};

/** Longest log that is loaded, events over all projects: about 1 GB in memory. More is an error at start. */
export const LOG_EVENTS_MAX = 1_000_000;

/** The stored log. It keeps what it is given; the chain is made and checked by its reader. */
export interface KnowledgeLog {
  /** Every event of one project, or of all of them, ordered by project and sequence; only those after a position of it. */
  read(project?: string, after?: number): AsyncIterable<KnowledgeEvent>;
  /** Number of stored events of a project. */
  count(project: string): Promise<number>;
  /** Number of stored events of every project that has any. */
  counts(): Promise<ReadonlyMap<string, number>>;
  /** Stores events of one project together: all of them or none. Storing the same events again changes nothing. */
  append(events: readonly KnowledgeEvent[]): Promise<void>;
  /** Erases the words quoted from these runs and traces. */
  eraseQuotes(project: string, sources: QuoteSources): Promise<void>;
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

interface QuoteRow {
  readonly project: string;
  readonly event_id: string;
  readonly seal: string;
  readonly salt: string;
  readonly principal: string;
  readonly run_id: string;
  readonly trace_id: string;
  readonly quote: string;
}

export function createKnowledgeLog(driver: SqlDriver, database: string): KnowledgeLog {
  const table = `${database}.${KNOWLEDGE_LOG.name}`;
  const columns = `project, sequence, id, type, rule_id, toUnixTimestamp64Milli(at) AS at_ms, actor, data, previous_hash, hash`;
  async function quotesOf(project: string): Promise<Map<string, SealedQuote[]>> {
    const quotes = new Map<string, SealedQuote[]>();
    const sql = `SELECT project, event_id, seal, salt, principal, run_id, trace_id, quote FROM ${database}.${EVIDENCE_QUOTES.name}
      WHERE {project: String} = '' OR project = {project: String}`;
    const options = { parameters: { project }, rowsMax: LOG_EVENTS_MAX };
    for await (const row of driver.stream<QuoteRow>(sql, options)) {
      const { run_id: runId, trace_id: traceId, seal, salt, principal, quote } = row;
      const event = `${row.project}\n${row.event_id}`;
      quotes.set(event, [...(quotes.get(event) ?? []), { seal, salt, principal, runId, traceId, quote }]);
    }
    return quotes;
  }

  return {
    async *read(project = '', after = 0) {
      const quotes = await quotesOf(project);
      const sql = `SELECT ${columns} FROM ${table}
        WHERE ({project: String} = '' OR project = {project: String}) AND sequence > {after: UInt64}
        ORDER BY project, sequence`;
      const options = { parameters: { project, after }, rowsMax: LOG_EVENTS_MAX };
      for await (const row of driver.stream<LogRow>(sql, options))
        yield { ...decodeRow(row), quotes: quotes.get(`${row.project}\n${row.id}`) ?? [] };
    },
    async count(project) {
      const rows = await driver.query<{ events: string }>(
        `SELECT count() AS events FROM ${table} WHERE project = {project: String}`,
        { parameters: { project } },
      );
      return Number(rows[0]?.events ?? 0);
    },
    async counts() {
      const rows = await driver.query<{ project: string; events: string }>(
        `SELECT project, count() AS events FROM ${table} GROUP BY project`,
      );
      return new Map(rows.map(({ project, events }) => [project, Number(events)]));
    },
    async append(events) {
      const last = events.at(-1);
      if (last === undefined) return;
      const quotes = events.flatMap(encodeQuotes);
      // Before the entry that refers to them: without it they are nothing.
      if (quotes.length > 0) await driver.insert(encodeRows(EVIDENCE_QUOTES, quotes, `quotes:${last.hash}`));
      // The hash covers everything before it, so it names this very append.
      await driver.insert(encodeRows(KNOWLEDGE_LOG, events.map(encodeRow), `knowledge:${last.hash}`));
    },
    async eraseQuotes(project, { runs, traces }) {
      await deleteRows({
        driver,
        database,
        table: EVIDENCE_QUOTES.name,
        condition:
          'project = {project: String} AND (run_id IN {runs: Array(String)} OR trace_id IN {traces: Array(String)})',
        parameters: { project, runs: [...runs], traces: [...traces] },
      });
    },
  };
}

function encodeQuotes({ project, id, quotes }: KnowledgeEvent): Readonly<Record<string, string>>[] {
  return quotes.map(({ seal, salt, principal, runId, traceId, quote }) => ({
    project,
    event_id: id,
    seal,
    salt,
    principal,
    run_id: runId,
    trace_id: traceId,
    quote,
  }));
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

function decodeRow(row: LogRow): Omit<KnowledgeEvent, 'quotes'> {
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
