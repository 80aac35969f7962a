import { randomBytes } from 'node:crypto';

/** Spans of one export request. */
const SPANS_PER_REQUEST = 5;

/** One export request as its sender knows it. */
export interface SentRequest {
  readonly traceId: string;
  readonly spanIds: readonly string[];
  /** Start of its spans, epoch ms. */
  readonly startMs: number;
}

/** What senders were told, over all rounds of a fault: the only truth that the readers are measured against. */
export class Ledger {
  /** Trace id → spans whose export was answered 200. */
  readonly answered: Map<string, Set<string>> = new Map();
  /** Without an answer, or told to come again: sent again, as an exporter does. */
  readonly unanswered: SentRequest[] = [];
  /** Answers by status; 0 = none came. */
  readonly statuses: Map<number, number> = new Map();
  /** Longest wait for an answer, ms. */
  longestMs = 0;
  #traceId = '';
  #spansInTrace = 0;

  /** A request with spans of its own; a trace takes 500 spans. */
  newRequest(startMs: number = Date.now()): SentRequest {
    if (this.#traceId === '' || this.#spansInTrace >= 500) {
      this.#traceId = randomBytes(16).toString('hex');
      this.#spansInTrace = 0;
    }
    this.#spansInTrace += SPANS_PER_REQUEST;
    const spanIds = Array.from({ length: SPANS_PER_REQUEST }, () => randomBytes(8).toString('hex'));
    return { traceId: this.#traceId, spanIds, startMs };
  }

  /** The next request to send: one that has to be sent again, else a new one. */
  next(): SentRequest {
    return this.unanswered.shift() ?? this.newRequest();
  }

  note(request: SentRequest, status: number, ms: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    this.longestMs = Math.max(this.longestMs, ms);
    if (status !== 200) {
      this.unanswered.push(request);
      return;
    }
    const spans = this.answered.get(request.traceId) ?? new Set();
    this.answered.set(request.traceId, spans);
    for (const spanId of request.spanIds) spans.add(spanId);
  }

  get spans(): number {
    return [...this.answered.values()].reduce((sum, spans) => sum + spans.size, 0);
  }

  /** Answers other than 200, as text. */
  get others(): string {
    const others = [...this.statuses]
      .filter(([status]) => status !== 200)
      .sort(([one], [other]) => one - other);
    return others.map(([status, count]) => `${status === 0 ? 'none' : status}×${count}`).join(' ');
  }
}
