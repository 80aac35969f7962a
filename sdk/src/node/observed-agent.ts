import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, type AgentOptions } from 'node:https';

import type { CertificateFiles, Config } from '../config.ts';
import { TraceloreError } from '../errors.ts';
import { readRetryAfter } from '../http.ts';
import { shadow } from '../shadow.ts';

/** Of an answer's body so much is looked at, bytes: it says what was refused. */
const BODY_BYTES_MAX = 65_536;
/**
 * Told to the exporter in place of the collector's `Retry-After`, seconds: longer than any timeout, so that it gives the
 * request back at once instead of waiting with it. When to try again is decided where the spans can be spooled meanwhile.
 */
const NOT_BY_THE_EXPORTER_S = '86400';

/** What was seen of one request on the wire; the exporter itself tells little more than success or failure. */
export interface Exchange {
  /** Of the answer; 0 when there was none. */
  status: number;
  /** `Retry-After` as ms from now, when the collector said. */
  retryAfterMs: number | undefined;
  body: string;
  /** The collector closed an idle connection in the moment it was used again: the request was never read. */
  stale: boolean;
}

export type ExportAgent = HttpAgent | HttpsAgent;

const current = new AsyncLocalStorage<Exchange>();

/** Runs `fn`; the request that it sends through an {@link createAgent agent} of ours is noted in the exchange. */
export function observeExchange(fn: (exchange: Exchange) => void): void {
  const exchange: Exchange = { status: 0, retryAfterMs: undefined, body: '', stale: false };
  current.run(exchange, fn, exchange);
}

/**
 * How connections to the collector are made: kept open between requests, with the certificates of the configuration.
 * @throws TraceloreError `CONFIG_INVALID` naming every certificate file that cannot be read
 */
export function agentOptions(config: Config, socketsMax: number): AgentOptions {
  const options = { keepAlive: true, maxSockets: socketsMax };
  return isSecure(config) ? { ...options, ...readCertificates(config.otlpCertificates) } : options;
}

/** Connections to the collector, none of which keeps the process alive. */
export function createAgent(config: Config, options: AgentOptions): ExportAgent {
  const agent = isSecure(config) ? new HttpsAgent(options) : new HttpAgent(options);
  // The one method through which every request comes, before it is sent.
  shadow(
    agent,
    'addRequest',
    (original) =>
      function (this: unknown, request: unknown, ...rest: unknown[]): unknown {
        if (request instanceof ClientRequest) observe(request, config.otlpTimeoutMs);
        return Reflect.apply(original, this, [request, ...rest]);
      },
  );
  return agent;
}

function isSecure(config: Config): boolean {
  return config.tracesUrl.startsWith('https:');
}

function observe(request: ClientRequest, timeoutMs: number): void {
  const exchange = current.getStore();
  request.on('socket', (socket) => socket.unref());
  if (exchange === undefined) return;
  // The exporter's own limit starts anew with every byte.
  const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  timer.unref();
  request.on('close', () => clearTimeout(timer));
  request.on('error', (error: NodeJS.ErrnoException) => {
    exchange.stale = request.reusedSocket && error.code === 'ECONNRESET';
    // Errors without a code are those that the exporter does not wait and try again with.
    delete error.code;
  });
  request.prependListener('response', (response) => note(response, exchange));
}

function note(response: IncomingMessage, exchange: Exchange): void {
  exchange.status = response.statusCode ?? 0;
  exchange.retryAfterMs = readRetryAfter(response.headers['retry-after']);
  if (exchange.status >= 300) response.headers['retry-after'] = NOT_BY_THE_EXPORTER_S;
  response.on('data', (chunk: Buffer) => {
    if (exchange.body.length < BODY_BYTES_MAX) exchange.body += chunk.toString('utf8');
  });
}

function readCertificates(files: CertificateFiles): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  const problems: string[] = [];
  const read = (name: string, path: string): Buffer | undefined => {
    if (path === '') return undefined;
    try {
      return readFileSync(path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.push(`OTEL_EXPORTER_OTLP_${name}: expected a readable PEM file, got ${path} (${why})`);
      return undefined;
    }
  };
  const ca = read('CERTIFICATE', files.ca);
  const cert = read('CLIENT_CERTIFICATE', files.cert);
  const key = read('CLIENT_KEY', files.key);
  if (problems.length > 0) throw new TraceloreError('CONFIG_INVALID', problems);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
