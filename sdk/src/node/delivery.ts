import type { Config } from '../config.ts';
import { countDropped, countExported, countSpooled, guarded, recordFault } from '../diagnostics.ts';
import type { Delivery, FlushResult } from '../lifecycle.ts';
import { type EndedSpan, estimateBytes } from './ended-span.ts';
import { type OutgoingSpan, outgoingSpans } from './outgoing-span.ts';
import type { ProcessResource } from './resource.ts';
import { Spool, type SpooledRequest } from './spool.ts';
import { type ExportResult, TraceExporter } from './trace-exporter.ts';

/** Spans held in memory, bytes (estimated); beyond that the oldest go to the spool. */
export const QUEUE_BYTES_MAX = 33_554_432;
/** Size of one request: small enough that encoding it does not hold up the host noticeably. */
export const REQUEST_SPANS_MAX = 512;
const REQUEST_BYTES_MAX = 1_048_576;
const REQUESTS_IN_FLIGHT_MAX = 4;
/** A span waits at most so long for others before it is sent, ms. */
const GATHER_MS = 1_000;
const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;

interface Batch {
  readonly spans: readonly OutgoingSpan[];
  readonly bytes: number;
}

/**
 * Brings finished spans to the collector. Each is delivered (counted exported), or written to the spool when memory is
 * full or the process ends (counted spooled, delivered later), or lost and counted with its reason. No timer and no
 * socket of it keeps the process alive; `add` does no I/O unless memory is full.
 */
export class SpanDelivery implements Delivery {
  readonly #config: Config;
  readonly #resource: ProcessResource | undefined;
  readonly #exporter: TraceExporter;
  readonly #spool: Spool;
  #queue: { readonly span: EndedSpan; readonly bytes: number }[] = [];
  readonly #retries: Batch[] = [];
  readonly #inFlight = new Set<Batch>();
  #spooledInFlight = 0;
  /** Of everything in memory, and of the queue alone. */
  #bytes = 0;
  #queueBytes = 0;
  /** Whether the spool may hold requests; also true at start, for those of former processes. */
  #spoolFilled = true;
  #failuresInRow = 0;
  /** When the youngest attempt that failed was made, ms. */
  #failedAttemptAt = Number.NEGATIVE_INFINITY;
  #retryAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #pumpScheduled = false;
  #stopped = false;
  readonly #waiters = new Set<() => void>();

  /**
   * `resource`: replaces the resource of every span, for a provider of our own.
   * @throws TraceloreError when the exporter is not installed or a certificate cannot be read
   */
  constructor(config: Config, resource?: ProcessResource) {
    this.#config = config;
    this.#resource = resource;
    this.#exporter = new TraceExporter(config, REQUESTS_IN_FLIGHT_MAX);
    this.#spool = new Spool(config);
    this.#schedule(GATHER_MS);
  }

  /** Spans in memory, those in flight included. */
  get pending(): number {
    let spans = this.#queue.length;
    for (const batch of this.#retries) spans += batch.spans.length;
    for (const batch of this.#inFlight) spans += batch.spans.length;
    return spans;
  }

  add(span: EndedSpan): void {
    if (this.#stopped) {
      this.#lose('after_shutdown', 1, 'a span ended after shutdown()');
      return;
    }
    const bytes = estimateBytes(span);
    this.#queue.push({ span, bytes });
    this.#bytes += bytes;
    this.#queueBytes += bytes;
    while (this.#bytes > QUEUE_BYTES_MAX) if (!this.#spill()) break;
    if (this.#isRequestFull()) this.#pumpSoon();
    else this.#schedule(GATHER_MS);
  }

  /** Sends everything now. Stops waiting at the deadline, or as soon as the collector turns out to fail. */
  async flush(deadlineMs: number): Promise<FlushResult> {
    const startedAt = performance.now();
    const deadline = startedAt + deadlineMs;
    this.#retryAt = 0;
    while (this.pending > 0 && this.#failedAttemptAt < startedAt) {
      this.#pump(true);
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      await this.#change(leftMs);
    }
    return { complete: this.pending === 0, pending: this.pending };
  }

  /** Sends what can be sent within the deadline, spools the rest; later spans are lost, and counted. */
  async shutdown(deadlineMs: number): Promise<FlushResult> {
    await this.flush(deadlineMs);
    this.#stopped = true;
    this.spoolAll();
    clearTimeout(this.#timer);
    this.#exporter.close();
    return { complete: this.pending === 0, pending: this.pending };
  }

  /**
   * Writes everything in memory to the spool, synchronously: for a process that ends now. Requests in flight are
   * written too; if they did arrive, the collector recognises the second delivery.
   */
  spoolAll(): void {
    for (const batch of this.#inFlight) this.#store(batch);
    this.#inFlight.clear();
    while (this.#spill());
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pump(true);
    }, delayMs).unref();
  }

  #pumpSoon(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump(false);
    });
  }

  /** Starts as many requests as may be in flight. `all`: part-filled ones too. */
  #pump(all: boolean): void {
    const waitMs = this.#retryAt - performance.now();
    if (waitMs > 0) {
      this.#schedule(waitMs);
      return;
    }
    while (!this.#stopped && this.#inFlight.size + this.#spooledInFlight < REQUESTS_IN_FLIGHT_MAX) {
      const batch = this.#retries.shift() ?? this.#nextBatch(all);
      if (batch !== undefined) {
        this.#inFlight.add(batch);
        void this.#send(batch);
        continue;
      }
      const spooled = this.#takeSpooled();
      if (spooled === undefined) break;
      this.#spooledInFlight += 1;
      void this.#sendSpooled(spooled);
    }
    if (this.#queue.length > 0) this.#schedule(GATHER_MS);
  }

  #nextBatch(all: boolean): Batch | undefined {
    if (this.#queue.length === 0 || (!all && !this.#isRequestFull())) return undefined;
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      if (count === REQUEST_SPANS_MAX || (count > 0 && bytes + entry.bytes > REQUEST_BYTES_MAX)) break;
      bytes += entry.bytes;
      count += 1;
    }
    this.#queueBytes -= bytes;
    return { spans: this.#outgoing(this.#queue.splice(0, count).map((entry) => entry.span)), bytes };
  }

  #outgoing(spans: readonly EndedSpan[]): readonly OutgoingSpan[] {
    const form = { resource: this.#resource, redact: this.#config.redact };
    const outgoing = guarded('outgoing', undefined, () => outgoingSpans(spans, form));
    if (outgoing === undefined) this.#lose('unreadable', spans.length, 'spans that cannot be read');
    return outgoing ?? [];
  }

  #isRequestFull(): boolean {
    return this.#queue.length >= REQUEST_SPANS_MAX || this.#queueBytes >= REQUEST_BYTES_MAX;
  }

  async #send(batch: Batch): Promise<void> {
    await this.#resource?.settled;
    const startedAt = performance.now();
    const result = await this.#exporter.export(batch.spans);
    // Spooled in the meantime, because the process was about to end.
    if (!this.#inFlight.delete(batch)) return;
    this.#settle(batch, result, startedAt);
    this.#changed();
    this.#pump(false);
  }

  #settle(batch: Batch, result: ExportResult, startedAt: number): void {
    const spans = batch.spans.length;
    switch (result.kind) {
      case 'delivered':
        this.#succeeded();
        this.#noteRejected(result.rejected, result.message);
        countExported(spans - result.rejected);
        break;
      case 'retry':
        this.#failed(startedAt, result.afterMs, result.message);
        this.#retries.push(batch);
        return;
      case 'too_large':
        if (spans > 1) {
          this.#retries.push(...halves(batch));
          return;
        }
        this.#lose('too_large', spans, result.message);
        break;
      case 'refused':
        this.#lose('refused', spans, result.message);
        break;
    }
    this.#bytes -= batch.bytes;
  }

  async #sendSpooled(request: SpooledRequest): Promise<void> {
    const startedAt = performance.now();
    const result = await this.#exporter.resend(request.body);
    this.#spooledInFlight -= 1;
    if (result.kind === 'retry') {
      this.#spool.release(request);
      this.#spoolFilled = true;
      this.#failed(startedAt, result.afterMs, result.message);
    } else {
      this.#spool.remove(request.path);
      if (result.kind === 'delivered') {
        this.#succeeded();
        countExported(request.spans - result.rejected);
        this.#noteRejected(result.rejected, result.message);
      } else {
        this.#lose(result.kind, request.spans, result.message);
      }
    }
    this.#changed();
    this.#pump(false);
  }

  #takeSpooled(): SpooledRequest | undefined {
    if (!this.#spoolFilled) return undefined;
    const request = this.#spool.take();
    if (request === undefined) this.#spoolFilled = false;
    return request;
  }

  /** Moves the oldest spans from memory to the spool. @returns false when there is nothing to move. */
  #spill(): boolean {
    const batch = this.#retries.shift() ?? this.#nextBatch(true);
    if (batch === undefined) return false;
    this.#store(batch);
    return true;
  }

  #store(batch: Batch): void {
    this.#bytes -= batch.bytes;
    const spans = batch.spans.length;
    const body = guarded('encode', '', () => this.#exporter.encode(batch.spans));
    if (body === '') {
      this.#lose('unreadable', spans, 'spans that cannot be encoded');
    } else if (this.#spool.write(body, spans)) {
      countSpooled(spans);
      this.#spoolFilled = true;
    } else {
      this.#lose('spool_full', spans, `no room in the spool ${this.#config.spoolDirectory}`);
    }
  }

  #succeeded(): void {
    this.#failuresInRow = 0;
    this.#retryAt = 0;
  }

  #failed(startedAt: number, afterMs: number | undefined, message: string): void {
    this.#failedAttemptAt = Math.max(this.#failedAttemptAt, startedAt);
    recordFault('export', 'spans cannot be delivered now and are kept', message);
    // Requests that were in flight together fail together: that is one failure.
    if (performance.now() < this.#retryAt) return;
    this.#failuresInRow += 1;
    const backoffMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(this.#failuresInRow, 10));
    // Half of it random, so that many processes do not return together.
    const delayMs = Math.min(BACKOFF_MAX_MS, afterMs ?? backoffMs * (0.5 + Math.random() / 2));
    this.#retryAt = performance.now() + delayMs;
  }

  #lose(reason: string, spans: number, message: string): void {
    countDropped(reason, spans);
    recordFault('export_lost', `${spans} spans lost (${reason})`, message);
  }

  #noteRejected(spans: number, message: string): void {
    if (spans > 0) this.#lose('rejected', spans, message);
  }

  #changed(): void {
    for (const waiter of this.#waiters) waiter();
  }

  /** Resolves when a request has ended or the time is up. Its timer keeps the process alive: somebody waits. */
  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiters.add(done);
    });
  }
}

function halves(batch: Batch): Batch[] {
  const middle = Math.ceil(batch.spans.length / 2);
  const bytes = batch.bytes / 2;
  return [
    { spans: batch.spans.slice(0, middle), bytes },
    { spans: batch.spans.slice(middle), bytes },
  ];
}
