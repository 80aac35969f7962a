import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { SecureContextOptions, Server as SecureServer } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import { LearnerError } from '../errors.ts';
import type { App } from './app.ts';

/** Time a client has to send its headers and its body, ms. */
const REQUEST_TIMEOUT_MS = 30_000;
/** An idle connection is kept this long, ms: agents ask for knowledge now and then, and a new connection costs time. */
const KEEP_ALIVE_MS = 65_000;
/** How often idle connections are looked for while closing, ms. */
const IDLE_CHECK_MS = 20;

/** Connections at a time; more are closed at once. */
const CONNECTIONS_MAX = 4_096;

/** Key and certificate, kept up with their files: the collector's `TlsFiles`. */
export interface Certificate {
  /** For a new server. */
  readonly context: SecureContextOptions;
  /** Keeps a server up with the files until it closes. */
  serve(server: SecureServer): void;
}

export interface ListeningServer {
  /** Where it listens, for example `http://127.0.0.1:4319`. */
  readonly url: string;
  /** Answers what is under way for at most `deadlineMs`, then cuts. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * Serves the app, over TLS with a certificate. Throws {@link LearnerError} `unavailable` that says which address cannot be
 * used and why.
 */
export async function listen(
  app: App,
  host: string,
  port: number,
  certificate?: Certificate,
): Promise<ListeningServer> {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const handle = (request: IncomingMessage, response: ServerResponse): void => void answer(request, response);
  const server =
    certificate === undefined ? createServer(handle) : createTlsServer(certificate.context, handle);
  if (server instanceof TlsServer) certificate?.serve(server);
  server.maxConnections = CONNECTIONS_MAX;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await bind(server, host, port);
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://${name}:${bound}`,
    async close(deadlineMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // A connection that is kept alive becomes idle after its answer: closing once would miss it.
      const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
      const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearInterval(idle);
      clearTimeout(cut);
    },
  };
}

function bind(server: Server | TlsServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): LearnerError {
  const where = `API port ${port} on ${host}`;
  const why =
    error.code === 'EADDRINUSE'
      ? 'is in use: another service listens there. Stop it, or choose another port with --port or TRACELORE_PORT'
      : error.code === 'EACCES'
        ? 'may not be used by this user: choose one above 1023 with --port or TRACELORE_PORT'
        : `cannot be used: ${error.message}`;
  return new LearnerError('unavailable', `${where} ${why}.`, { cause: error });
}
