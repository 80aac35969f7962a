import { diag } from '@opentelemetry/api';

/** The same kind of diagnostic is reported at most once in this time, ms; the counters count all of them. */
const REPORT_INTERVAL_MS = 60_000;

export interface Stats {
  /** Spans acknowledged by the collector, spans delivered from the spool included. */
  readonly exported: number;
  /** Spans written to the disk spool (delivered later, by this process or the next). */
  readonly spooled: number;
  /** Spans lost, by reason. Empty when nothing was lost. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Faults that changed nothing for the host, by kind, for example `knowledge_deadline`. */
  readonly faults: Readonly<Record<string, number>>;
}

let exported = 0;
let spooled = 0;
const dropped = new Map<string, number>();
const faults = new Map<string, number>();
const reportedAt = new Map<string, number>();
const toOpenTelemetry = (message: string): void => diag.warn(message);
let report: (message: string) => void = toOpenTelemetry;

function add(counts: Map<string, number>, key: string, n: number): void {
  counts.set(key, (counts.get(key) ?? 0) + n);
}

export function countExported(spans: number): void {
  exported += spans;
}

export function countSpooled(spans: number): void {
  spooled += spans;
}

export function countDropped(reason: string, spans: number): void {
  add(dropped, reason, spans);
}

/** Counts a fault and reports it, rate-limited by kind. Never throws. */
export function recordFault(kind: string, message: string, cause?: unknown): void {
  add(faults, kind, 1);
  const now = Date.now();
  if (now - (reportedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < REPORT_INTERVAL_MS) return;
  reportedAt.set(kind, now);
  try {
    report(`tracelore: ${message}${cause === undefined ? '' : `: ${describe(cause)}`}`);
  } catch {
    // A reporter that throws must not reach the host.
  }
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** Sends reports elsewhere; `undefined`: to OpenTelemetry's diagnostic logger. */
export function setReporter(reporter: ((message: string) => void) | undefined): void {
  report = reporter ?? toOpenTelemetry;
}

/** What happened to spans and calls since the process started. Counters only grow. */
export function stats(): Stats {
  return {
    exported,
    spooled,
    dropped: Object.fromEntries(dropped),
    faults: Object.fromEntries(faults),
  };
}

/** Runs `fn`; a throw is counted as `kind` and `fallback` returned. For everything of ours on the host's path. */
export function guarded<T>(kind: string, fallback: T, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    recordFault(kind, `a fault of ours was contained (${kind})`, error);
    return fallback;
  }
}
