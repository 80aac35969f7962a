import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

import { serviceHeaders } from '../api.ts';
import type { Config } from '../config.ts';
import { post, withoutTracing } from '../http.ts';
import { methodOf } from '../shadow.ts';
import { SDK_NAME, SDK_VERSION } from '../version.ts';
import {
  agentOptions,
  createAgent,
  type Exchange,
  type ExportAgent,
  observeExchange,
} from './observed-agent.ts';
import { classOf, exportOf, loadModule, missingModule } from './otel-modules.ts';
import type { OutgoingSpan } from './outgoing-span.ts';
import { createTraceSerializer, EXPORTER_MODULE } from './trace-serializer.ts';

/** What became of one export request. */
export type ExportResult =
  /** Stored, except for `rejected` spans that the collector refused one by one. */
  | { readonly kind: 'delivered'; readonly rejected: number; readonly message: string }
  /** Another attempt may succeed; not before `afterMs`, if the collector said. */
  | { readonly kind: 'retry'; readonly afterMs: number | undefined; readonly message: string }
  /** Too large for the collector: smaller requests may pass. */
  | { readonly kind: 'too_large'; readonly message: string }
  /** No attempt will succeed. */
  | { readonly kind: 'refused'; readonly message: string };

const RETRYABLE: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
/** `ExportResultCode.SUCCESS` of OpenTelemetry. */
const SUCCESS = 0;

interface Attempt {
  readonly exchange: Exchange;
  /** `ExportResult` of OpenTelemetry: `code` and, on failure, `error`. */
  readonly result: unknown;
}

const compress: (body: string) => Promise<Buffer> = promisify(gzip);

/**
 * Sends spans through OpenTelemetry's OTLP/HTTP exporter: one attempt per call, no waiting and no queue in it. What the
 * exporter does not tell, its agent has seen: status, `Retry-After`, and how many spans of an accepted request were
 * rejected.
 */
export class TraceExporter {
  readonly #config: Config;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent: ExportAgent;
  readonly #export: (spans: readonly OutgoingSpan[], done: (result: unknown) => void) => void;
  /** The body of the very request that `export` sends. */
  readonly encode: (spans: readonly OutgoingSpan[]) => string;

  /** @throws TraceloreError `OTEL_MISSING` without the exporter, `CONFIG_INVALID` for unreadable certificates */
  constructor(config: Config, requestsInFlightMax: number) {
    this.#config = config;
    this.#headers = exportHeaders(config);
    const connection = agentOptions(config, requestsInFlightMax);
    this.#agent = createAgent(config, connection);
    this.encode = createTraceSerializer();
    const construct = classOf(loadModule(EXPORTER_MODULE), 'OTLPTraceExporter');
    if (construct === undefined) throw missingModule(EXPORTER_MODULE);
    const exporter: unknown = Reflect.construct(construct, [
      {
        url: config.tracesUrl,
        headers: this.#headers,
        userAgent: `${SDK_NAME}/${SDK_VERSION}`,
        timeoutMillis: config.otlpTimeoutMs,
        compression: config.otlpCompression,
        // A stale connection makes a second request before the first is counted off.
        concurrencyLimit: requestsInFlightMax * 2,
        // Releases before 0.204 know no function and read options from it; they use connections of their own.
        httpAgentOptions: Object.assign(() => this.#agent, connection),
      },
    ]);
    const send = methodOf(exporter, 'export');
    if (send === undefined) throw missingModule(EXPORTER_MODULE);
    this.#export = (spans, done) => send.call(exporter, spans, done);
  }

  /** Sends a request. Never rejects. */
  async export(spans: readonly OutgoingSpan[]): Promise<ExportResult> {
    let attempt: Attempt;
    try {
      attempt = await this.#attempt(spans);
      if (attempt.exchange.stale) attempt = await this.#attempt(spans);
    } catch (error) {
      return { kind: 'refused', message: `the exporter cannot send it: ${String(error)}` };
    }
    const { exchange, result } = attempt;
    if (exportOf(result, 'code') === SUCCESS) return delivered(exchange.body);
    const error = exportOf(result, 'error');
    const code = exportOf(error, 'code');
    const status = exchange.status !== 0 || typeof code !== 'number' ? exchange.status : code;
    if (status === 0) return unreachable(this.#config, error);
    return judge(this.#config, status, exchange.body, exchange.retryAfterMs);
  }

  /** Sends a request encoded earlier, maybe by another process. Never rejects. */
  async resend(body: string): Promise<ExportResult> {
    try {
      const zipped = this.#config.otlpCompression === 'gzip';
      const answer = await post(this.#config.tracesUrl, zipped ? await compress(body) : body, {
        headers: zipped ? { ...this.#headers, 'content-encoding': 'gzip' } : this.#headers,
        timeoutMs: this.#config.otlpTimeoutMs,
        agent: this.#agent,
      });
      if (answer.status >= 200 && answer.status < 300) return delivered(answer.body);
      return judge(this.#config, answer.status, answer.body, answer.retryAfterMs);
    } catch (error) {
      return unreachable(this.#config, error);
    }
  }

  /** Closes connections, those in use too. */
  close(): void {
    this.#agent.destroy();
  }

  #attempt(spans: readonly OutgoingSpan[]): Promise<Attempt> {
    return new Promise((resolve) => {
      observeExchange((exchange) =>
        withoutTracing(() => this.#export(spans, (result) => resolve({ exchange, result }))),
      );
    });
  }
}

/** Lower case throughout: a name given in another case must replace, not repeat. */
function exportHeaders(config: Config): Record<string, string> {
  const { 'user-agent': _agent, ...ours } = serviceHeaders(config);
  const all = Object.entries({ ...ours, ...config.otlpHeaders });
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]));
}

function judge(config: Config, status: number, body: string, afterMs: number | undefined): ExportResult {
  const message = `${config.tracesUrl} answered ${status} ${body.slice(0, 200)}`;
  if (RETRYABLE.has(status)) return { kind: 'retry', afterMs, message };
  return { kind: status === 413 ? 'too_large' : 'refused', message };
}

/** Whatever keeps a request from being answered may pass: the network, a name, a certificate. */
function unreachable(config: Config, error: unknown): ExportResult {
  const message = error instanceof Error ? error.message || error.name : String(error);
  return { kind: 'retry', afterMs: undefined, message: `${config.tracesUrl}: ${message}` };
}

/** A 2xx is success whatever its body; a partial success is read from it when it is there. */
function delivered(body: string): ExportResult {
  try {
    const partial = exportOf(JSON.parse(body), 'partialSuccess');
    const rejected = Number(exportOf(partial, 'rejectedSpans')) || 0;
    const message = exportOf(partial, 'errorMessage');
    return { kind: 'delivered', rejected, message: typeof message === 'string' ? message : '' };
  } catch {
    // Some collectors answer with an empty or a foreign body.
    return { kind: 'delivered', rejected: 0, message: '' };
  }
}
