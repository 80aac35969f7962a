import type { RefusalCode } from './errors.ts';
import type { SpoolStats } from './spool/spool.ts';

/** Counts since the start of the collector. Every request and item is in exactly one of the outcomes. */
export interface Counters {
  requests: number;
  /** Bytes of bodies as they came, before inflation. */
  bytesReceived: number;
  spansReceived: number;
  spansStored: number;
  /** Left out of an accepted request. */
  spansRejected: number;
  logsReceived: number;
  logsStored: number;
  outcomesStored: number;
  /** Requests refused, by reason. */
  readonly refused: Map<RefusalCode, number>;
}

export function newCounters(): Counters {
  return {
    requests: 0,
    bytesReceived: 0,
    spansReceived: 0,
    spansStored: 0,
    spansRejected: 0,
    logsReceived: 0,
    logsStored: 0,
    outcomesStored: 0,
    refused: new Map(),
  };
}

export function countRefusal(counters: Counters, code: RefusalCode): void {
  counters.refused.set(code, (counters.refused.get(code) ?? 0) + 1);
}

/** A copy for readers, with what other parts count. */
export interface CollectorStats extends Readonly<Omit<Counters, 'refused'>> {
  readonly refused: Readonly<Partial<Record<RefusalCode, number>>>;
  /** Values replaced before they were stored, by rule. */
  readonly redacted: Readonly<Record<string, number>>;
  /** Requests answered from memory because the same content was stored before. */
  readonly repeated: number;
  readonly commits: number;
  readonly rowsCommitted: number;
  readonly commitRetries: number;
  /** Bytes of request bodies, and of rows made of them, in memory now. */
  readonly bytesWaiting: number;
  /** Since the oldest request waits that is not answered, ms. */
  readonly oldestWaitingMs: number;
  /** What waits on disk; `undefined` without a spool. Spooled rows are among the stored ones. */
  readonly spool: SpoolStats | undefined;
  readonly runsRefreshed: number;
  readonly runsWaiting: number;
  /** Last failure to recompute runs, `''` when the last try went well. */
  readonly runsProblem: string;
}
