import { randomUUID } from 'node:crypto';
import { unlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { EmbeddedEngine } from '../chdb/engine.ts';
import type { LaneStream } from '../chdb/lane.ts';
import { settingsClause } from '../chdb/settings-clause.ts';

/** Longer than the client keeps idle sockets, as with a real server. */
const KEEP_ALIVE_MS = 60_000;
const EXCEPTION_TAG = 'tracelorefronttag';
/** Parameters of the HTTP interface that are not settings. */
const NOT_SETTINGS: ReadonlySet<string> = new Set(['query', 'query_id', 'database', 'default_format']);

/**
 * The part of ClickHouse's HTTP interface that the official client uses, in front of the embedded engine: proves the wire
 * path (parameters, settings, binary bodies, errors before and in the middle of an answer, cancel by disconnecting)
 * without a server.
 */
export async function startHttpFront(
  engine: EmbeddedEngine,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(engine, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'x-clickhouse-exception-code': '0' });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(
  engine: EmbeddedEngine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://front');
  const body = await buffer(request);
  const given = new Map(url.searchParams);
  let data: Buffer | undefined;
  if (request.headers['content-type']?.startsWith('multipart/form-data') === true) {
    const form = await new Response(new Uint8Array(body), {
      headers: { 'content-type': request.headers['content-type'] },
    }).formData();
    for (const [name, value] of form) if (typeof value === 'string') given.set(name, value);
  } else if (given.has('query')) data = body;
  else given.set('query', body.toString());

  const queryId = given.get('query_id') ?? randomUUID();
  const parameters: Record<string, string> = {};
  const settings: Record<string, string> = {};
  for (const [name, value] of given) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = value;
    else if (!NOT_SETTINGS.has(name)) settings[name] = value;
  }
  const query = given.get('query') ?? '';
  const clause = settingsClause(settings, queryId);
  response.setHeader('x-clickhouse-query-id', queryId);
  response.setHeader('x-clickhouse-exception-tag', EXCEPTION_TAG);
  if (data !== undefined && data.length > 0) await insert(engine, query, clause, data);
  else if (/^\s*(SELECT|WITH)\b/i.test(query)) {
    const whole = settings['wait_end_of_query'] === '1';
    await select(engine, { sql: `${query}\n${clause}`, parameters, queryId, whole }, response);
    return;
  } else {
    response.end(await run(engine, query, parameters));
    return;
  }
  response.end();
}

async function run(
  engine: EmbeddedEngine,
  sql: string,
  parameters: Record<string, string>,
): Promise<Uint8Array> {
  const lane = await engine.writers.take();
  let state: 'clean' | 'replace' = 'replace';
  try {
    if ((await lane.classify(sql)).statementCount > 1) {
      throw new Error('Code: 62. DB::Exception: Multi-statements are not allowed. (SYNTAX_ERROR)');
    }
    const { bytes } = await lane.run(sql, 'JSONEachRow', parameters);
    state = 'clean';
    return bytes;
  } finally {
    engine.writers.give(lane, state);
  }
}

async function insert(engine: EmbeddedEngine, query: string, clause: string, data: Buffer): Promise<void> {
  const file = path.join(engine.inserts, `front-${randomUUID()}.bin`);
  await writeFile(file, data);
  const sql = query.replace(/\sFORMAT\s+(\w+)\s*$/i, ` FROM INFILE '${file}' ${clause} FORMAT $1`);
  try {
    await run(engine, sql, {});
  } finally {
    await unlink(file);
  }
}

interface Select {
  readonly sql: string;
  readonly parameters: Record<string, string>;
  readonly queryId: string;
  /** Answer with a status after the end instead of while rows come. */
  readonly whole: boolean;
}

async function select(engine: EmbeddedEngine, query: Select, response: ServerResponse): Promise<void> {
  const lane = await engine.readers.take();
  const left = new AbortController();
  response.once('close', () => left.abort());
  const end = engine.reading(query.queryId, left.signal);
  let state: 'clean' | 'replace' = 'replace';
  let stream: LaneStream | undefined;
  const held: Uint8Array[] = [];
  try {
    if ((await lane.classify(query.sql)).statementCount > 1) {
      throw new Error('Code: 62. DB::Exception: Multi-statements are not allowed. (SYNTAX_ERROR)');
    }
    stream = lane.stream(query.sql, 'JSONEachRow', query.parameters);
    for (let chunk = await stream.next(); chunk !== undefined; chunk = await stream.next()) {
      if (query.whole) held.push(chunk);
      else if (!response.write(chunk) && !left.signal.aborted) await drained(response);
      left.signal.throwIfAborted();
    }
    state = 'clean';
    response.end(Buffer.concat(held));
  } catch (error) {
    if (!response.headersSent) throw error;
    const message = `${error instanceof Error ? error.message : String(error)}\n`;
    const length = Buffer.byteLength(message);
    response.end(
      `\r\n__exception__\r\n${EXCEPTION_TAG}\r\n${message}${length} ${EXCEPTION_TAG}\r\n__exception__\r\n`,
    );
  } finally {
    end();
    stream?.free();
    engine.readers.give(lane, state);
  }
}

async function drained(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
