import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BudgetShare, ByteBudget } from '../commit/byte-budget.ts';
import { countRefusal, type Counters } from '../counters.ts';
import type { Signal } from '../decode/decoded-request.ts';
import { CollectorError, Refusal } from '../errors.ts';
import type { RequestTimings } from '../observe/request-timings.ts';
import type { ExportRequest } from '../ingest.ts';
import { encodeAnswer, encodeRefusal, httpStatusOf, isRetryable, type ExportAnswer } from './answer.ts';
import type { ApiKeys } from './api-keys.ts';
import { bindError } from './bind-error.ts';
import { capConnections, type ConnectionLimits } from './connection-cap.ts';
import { allowOrigin, answerPreflight, isPreflight } from './cors.ts';
import { inflate, requireCompression } from './inflate.ts';
import { LingeringAnswers } from './lingering-answers.ts';
import { encodingOf, MEDIA_TYPES, requireEncoding, type Encoding } from './media-type.ts';
import type { RateLimiter } from './rate-limit.ts';
import { checkDeclaredLength, readBody } from './request-body.ts';
import { routeOf } from './route.ts';
import type { TlsFiles } from './tls-files.ts';

/** Time for the headers of a request, ms. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Idle connections stay open longer than a load balancer's usual 60 s, so that it never meets a closing one. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often connections are checked for those that are too slow, ms, at most. */
const CHECK_INTERVAL_MS = 5_000;

export interface HttpReceiverOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** Accepted in front of `/v1/…`; `''` is the plain path. */
  readonly pathPrefixes: readonly string[];
  readonly bodyBytesMax: number;
  /** Time for a whole request, ms: ends senders that trickle bytes. Headers have {@link HEADERS_TIMEOUT_MS} of it. */
  readonly requestTimeoutMs: number;
  /** Origins of pages that may send; `*` = all. */
  readonly corsOrigins: readonly string[];
}

/** What both receivers share. */
export interface ReceiverParts {
  readonly keys: ApiKeys;
  readonly limiter: RateLimiter;
  /** `undefined` = plain HTTP. */
  readonly tls: TlsFiles | undefined;
  readonly budget: ByteBudget;
  /** Throws a {@link Refusal} while nothing can be taken, before a body is read. */
  readonly admit: () => void;
  readonly counters: Counters;
  readonly timings: Pick<RequestTimings, 'answered'>;
  readonly export: (request: ExportRequest) => Promise<ExportAnswer>;
  /** Told about errors that are no refusals: a fault of ours. */
  readonly onUnexpected: (error: unknown) => void;
}

/** A request that may send its body. */
interface Admitted extends Omit<ExportRequest, 'body' | 'onRead'> {
  readonly compression: ReturnType<typeof requireCompression>;
  readonly share: BudgetShare;
}

/**
 * OTLP over HTTP. One request: route → key → content type → readiness → rate → declared length → body, counted as it arrives → inflation →
 * `export` (decode, normalise, commit) → answer. Every answer is in the encoding of the request.
 */
export class HttpReceiver {
  readonly #options: HttpReceiverOptions;
  readonly #parts: ReceiverParts;
  readonly #server: Server | TlsServer;
  readonly #lingering = new LingeringAnswers();
  #stopping = false;

  constructor(options: HttpReceiverOptions, parts: ReceiverParts) {
    this.#options = options;
    this.#parts = parts;
    const { requestTimeoutMs } = options;
    const headersTimeout = Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs);
    const timeouts = {
      headersTimeout,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, requestTimeoutMs),
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#handle(request, response);
    const { tls } = parts;
    this.#server =
      tls === undefined
        ? createServer(timeouts, handle)
        : createTlsServer(
            {
              ...timeouts,
              ...tls.context,
              handshakeTimeout: headersTimeout,
              ...(tls.isMutual && { requestCert: true, rejectUnauthorized: true }),
            },
            handle,
          );
    capConnections(this.#server, options);
    if (this.#server instanceof TlsServer) tls?.serve(this.#server);
    // A sender may close its side after its request and wait for the answer: Node would cut it off.
    Object.assign(this.#server, { httpAllowHalfOpen: true });
    // Without this listener Node invites the body before anything has been checked.
    this.#server.on('checkContinue', (request, response) => void this.#handle(request, response, true));
  }

  /** Rejects with a {@link CollectorError} when the address cannot be used. */
  async listen(): Promise<AddressInfo> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(bindError(error, host, port)));
      this.#server.listen({ host, port }, () => resolve());
    });
    const address = this.#server.address();
    if (address === null || typeof address === 'string')
      throw new CollectorError('address_refused', `${host}:${port}: the server has no TCP address`);
    return address;
  }

  /** Connections end with their request from now on. */
  refuseNew(): void {
    this.#stopping = true;
    this.#lingering.endAll();
    this.#server.closeIdleConnections();
  }

  /** Resolves when every connection has ended; those that last beyond `deadlineMs` are cut. */
  async close(deadlineMs: number): Promise<void> {
    this.refuseNew();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#server.closeAllConnections(), deadlineMs);
      this.#server.close(() => {
        clearTimeout(timer);
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #handle(request: IncomingMessage, response: ServerResponse, invite = false): Promise<void> {
    const { counters, budget, limiter } = this.#parts;
    const { pathPrefixes, bodyBytesMax, corsOrigins } = this.#options;
    allowOrigin(request, response, corsOrigins);
    if (isPreflight(request, corsOrigins)) {
      answerPreflight(response);
      return;
    }
    counters.requests += 1;
    const beganAt = performance.now();
    const share = budget.share();
    let signal: Signal | 'other' = 'other';
    try {
      signal = routeOf(request.method, request.url, pathPrefixes);
      const claim = this.#parts.keys.claim(request.headers);
      const encoding = requireEncoding(request.headers['content-type']);
      const compression = requireCompression(request.headers['content-encoding']);
      this.#parts.admit();
      limiter.admit(claim.sender);
      checkDeclaredLength(request, bodyBytesMax, budget.left);
      if (invite) response.writeContinue();
      const answer = await this.#export(request, { signal, encoding, compression, claim, share });
      send(response, 200, encodeAnswer(answer, signal, encoding), encoding, this.#stopping);
    } catch (error) {
      this.#refuse(request, response, error);
    } finally {
      share.release();
      // 0: the sender was gone before it could be answered.
      const code = response.headersSent ? response.statusCode : 0;
      this.#parts.timings.answered('http', signal, code, performance.now() - beganAt);
    }
  }

  /** Apart from the waiting for the commit: a function that waits would keep the body until then. */
  async #export(
    request: IncomingMessage,
    { signal, encoding, compression, claim, share }: Admitted,
  ): Promise<ExportAnswer> {
    const { bodyBytesMax } = this.#options;
    const raw = await readBody(request, bodyBytesMax, share);
    this.#parts.counters.bytesReceived += raw.bytes.length;
    this.#parts.limiter.spend(claim.sender, raw.bytes.length);
    const body = await inflate(raw.bytes, compression, bodyBytesMax, share);
    if (body !== raw.bytes) raw.release();
    // What waits for the commit is counted by its own bytes.
    const onRead = (): void => {
      raw.release();
      share.release();
    };
    return this.#parts.export({ signal, encoding, body, claim, onRead });
  }

  #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const isExpected = error instanceof Refusal;
    const refusal = isExpected ? error : new Refusal('internal', 'unexpected failure: send again');
    if (!isExpected) this.#parts.onUnexpected(error);
    countRefusal(this.#parts.counters, refusal.code);
    if (response.headersSent || response.destroyed) return;
    const status = httpStatusOf(refusal.code);
    const encoding = encodingOf(request.headers['content-type']) ?? 'json';
    if (isRetryable(refusal.code))
      response.setHeader('retry-after', String(Math.ceil(refusal.retryAfterMs / 1_000)));
    if (status === 405) response.setHeader('allow', 'POST');
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    const body = encodeRefusal(refusal, encoding);
    if (request.complete || this.#stopping) {
      send(response, status, body, encoding, !request.complete || this.#stopping);
      return;
    }
    writeHead(response, status, body, encoding, true);
    this.#lingering.send(request, response, body);
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: Buffer,
  encoding: Encoding,
  close: boolean,
): void {
  writeHead(response, status, body, encoding, close);
  response.end(body);
}

function writeHead(...[response, status, body, encoding, close]: Parameters<typeof send>): void {
  if (close) response.setHeader('connection', 'close');
  response.writeHead(status, { 'content-type': MEDIA_TYPES[encoding], 'content-length': body.length });
}
