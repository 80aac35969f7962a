import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { context, createContextKey } from '@opentelemetry/api';

/** Longest answer read, bytes; more is a fault of the service. */
const ANSWER_BYTES_MAX = 8_388_608;
const SOCKETS_MAX = 64;

/** The key by which OpenTelemetry's own packages suppress tracing; keys are shared by their description. */
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

const plain = new HttpAgent({ keepAlive: true, maxSockets: SOCKETS_MAX });
const secure = new HttpsAgent({ keepAlive: true, maxSockets: SOCKETS_MAX });

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** From the call to the end of the answer, ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** True: the process stays alive for the answer. Default false. */
  readonly keepsAlive?: boolean;
  /** Connections to use instead of the shared ones. */
  readonly agent?: HttpAgent | HttpsAgent;
}

export interface HttpAnswer {
  readonly status: number;
  /** `Retry-After` as ms from now, when the service said. */
  readonly retryAfterMs: number | undefined;
  readonly body: string;
}

/**
 * Posts JSON. Never traced, and by default it does not keep the process alive.
 * @throws Error of the network, `TimeoutError` or `AbortError`; any HTTP status is an answer, not an error.
 */
export async function post(
  url: string,
  body: string | Uint8Array,
  options: PostOptions,
): Promise<HttpAnswer> {
  const attempt = (): Promise<HttpAnswer> => withoutTracing(() => postOnce(url, body, options));
  try {
    return await attempt();
  } catch (error) {
    // The server closed an idle connection in the moment it was used again: the request was never read.
    if (error instanceof StaleConnection) return attempt();
    throw error;
  }
}

/** Runs `fn` so that OpenTelemetry's instrumentation does not trace what it sends. */
export function withoutTracing<T>(fn: () => T): T {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), fn);
}

class StaleConnection extends Error {}

function postOnce(url: string, body: string | Uint8Array, options: PostOptions): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const target = new URL(url);
    const secured = target.protocol === 'https:';
    const send = secured ? httpsRequest : httpRequest;
    const request = send(target, {
      method: 'POST',
      agent: options.agent ?? (secured ? secure : plain),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...options.headers,
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const timer = setTimeout(() => request.destroy(timeoutError(url, options.timeoutMs)), options.timeoutMs);
    const keepsAlive = options.keepsAlive ?? false;
    if (!keepsAlive) timer.unref();
    // A pooled socket may come from a request of the other kind.
    request.on('socket', (socket) => (keepsAlive ? socket.ref() : socket.unref()));
    request.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(
        request.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection(error.message) : error,
      );
    });
    request.on('response', (response) => {
      readAnswer(response)
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
    request.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`answer larger than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(part);
  }
  return {
    status: response.statusCode ?? 0,
    retryAfterMs: readRetryAfter(response.headers['retry-after']),
    body: Buffer.concat(chunks).toString('utf8'),
  };
}

/** `Retry-After` (seconds or a date) as ms from now; `undefined` when it says nothing usable. */
export function readRetryAfter(header: string | undefined): number | undefined {
  const waitMs = Number(header) * 1000 || Date.parse(header ?? '') - Date.now();
  return waitMs > 0 ? waitMs : undefined;
}

function timeoutError(url: string, timeoutMs: number): Error {
  const error = new Error(`no answer from ${new URL(url).origin} within ${timeoutMs} ms`);
  error.name = 'TimeoutError';
  return error;
}
