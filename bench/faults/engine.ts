import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { owned } from './children.ts';

/**
 * What the way to the engine does. `slow`: each statement waits. `fail`: errors of a server in trouble. `lose`: carries
 * statements out and loses the answer. `refuse`: nobody listens. `hang`: takes statements and never answers.
 */
export type Mode = 'ok' | 'slow' | 'fail' | 'lose' | 'refuse' | 'hang';

/** What `slow` adds to each statement, ms. */
const SLOW_MS = 1_500;
const KEEPER_EXCEPTION = 999;

/** Sees every statement on its way; `drop` = it is never carried out. */
export type Watcher = (sql: string, when: 'before' | 'after') => 'drop' | undefined;

/** A ClickHouse server that can be made to fail, in a process that can be stopped. */
export interface ControlledEngine {
  /** For `clickhouseUrl`. */
  readonly url: string;
  setMode(mode: Mode): void;
  /** From now on statements are shown to it before they are carried out, and again before their answer goes back. */
  watch(watcher: Watcher | undefined): void;
  /** SIGSTOP and SIGCONT. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function startControlledEngine(directory: string): Promise<ControlledEngine> {
  const front = await startFront(directory);
  const agent = new Agent({ keepAlive: true });
  let mode: Mode = 'ok';
  let watcher: Watcher | undefined;
  const server = createServer((request, response) => {
    carry({ mode, url: front.url, agent, watcher }, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  server.unref();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    setMode: (next) => {
      mode = next;
      if (next === 'refuse' || next === 'ok') server.closeAllConnections();
    },
    watch: (next) => void (watcher = next),
    freeze: () => void front.child.kill('SIGSTOP'),
    thaw: () => void front.child.kill('SIGCONT'),
    close: async () => {
      server.closeAllConnections();
      server.close();
      agent.destroy();
      front.child.send('close');
      await once(front.child, 'exit');
    },
  };
}

async function startFront(directory: string): Promise<{ url: string; child: ChildProcess }> {
  const child = owned(
    fork(new URL('engine-front.ts', import.meta.url), [directory], {
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', TZ: 'UTC' },
    }),
  );
  const exited = once(child, 'exit').then(([code]) => {
    throw new Error(`the engine ended with code ${String(code)}`);
  });
  exited.catch(() => undefined);
  const [message]: { url: string }[] = await Promise.race([once(child, 'message'), exited]);
  return { url: message?.url ?? '', child };
}

interface Way {
  readonly mode: Mode;
  readonly url: string;
  readonly agent: Agent;
  readonly watcher: Watcher | undefined;
}

async function carry(
  { mode, url, agent, watcher }: Way,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (mode === 'refuse') return void request.destroy();
  const body = await buffer(request);
  if (mode === 'hang') return;
  // Inserts name their statement in the address; all others are the body.
  const sql = new URL(request.url ?? '', url).searchParams.get('query') ?? body.toString('latin1');
  if (watcher?.(sql, 'before') === 'drop') return void response.destroy();
  if (mode === 'fail') {
    response.writeHead(500, { 'x-clickhouse-exception-code': String(KEEPER_EXCEPTION) });
    response.end(`Code: ${KEEPER_EXCEPTION}. DB::Exception: Session expired. (KEEPER_EXCEPTION)`);
    return;
  }
  if (mode === 'slow') await pause(SLOW_MS);
  const { method, headers } = request;
  const forwarded = send(`${url}${request.url ?? ''}`, { method, headers, agent });
  response.once('close', () => forwarded.destroy());
  forwarded.end(body);
  const [answer]: IncomingMessage[] = await once(forwarded, 'response');
  if (answer === undefined) return;
  if (watcher?.(sql, 'after') === 'drop') {
    await buffer(answer);
    response.destroy();
    return;
  }
  if (mode === 'lose') {
    await buffer(answer);
    response.destroy();
    return;
  }
  response.writeHead(answer.statusCode ?? 500, answer.headers);
  answer.pipe(response);
}
