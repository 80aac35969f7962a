import { randomUUID } from 'node:crypto';
import { CommitPath } from './commit-path.ts';
import { SYSTEM_CLOCK } from './commit/commit-pace.ts';
import { resolveConfig, type CollectorConfig } from './config.ts';
import { newCounters, type CollectorStats } from './counters.ts';
import { CollectorError } from './errors.ts';
import { Ingest } from './ingest.ts';
import { observeCollector } from './observe/collector-metrics.ts';
import { createRequestTimings } from './observe/request-timings.ts';
import { WaitingRequests } from './observe/waiting-requests.ts';
import { ApiKeys } from './receiver/api-keys.ts';
import { GrpcReceiver } from './receiver/grpc-receiver.ts';
import { HttpReceiver, type ReceiverParts } from './receiver/http-receiver.ts';
import { RateLimiter } from './receiver/rate-limit.ts';
import { TlsFiles } from './receiver/tls-files.ts';
import type { Check } from './readiness/readiness.ts';
import type { Batch } from './records.ts';
import { Redactor } from './redact/redactor.ts';
import { reportSeldom } from './report-seldom.ts';
import { RunTracker } from './runs/run-tracker.ts';

/** Time given to requests in progress when no deadline is named, ms. */
const SHUTDOWN_DEADLINE_MS = 10_000;

/** A failing store is reported once per this time, ms. */
const STORE_REPORT_INTERVAL_MS = 10_000;

export interface Address {
  readonly host: string;
  readonly port: number;
  /** `http://…` or, with TLS, `https://…`. */
  readonly url: string;
}

export interface Collector {
  /** Binds the ports and catches up on runs. Rejects with a {@link CollectorError}. */
  start(): Promise<void>;
  /** Where it listens. Throws before `start`. */
  readonly address: Address & { /** OTLP over gRPC, when configured. */ readonly grpc?: Address };
  /**
   * Stores rows that did not come by OTLP. Resolves when they are stored, rejects when they are not. `key` identifies their
   * content: the same key again stores nothing new.
   */
  record(batch: Batch, key?: string): Promise<void>;
  /** Commits what waits, in memory and in the spool, and recomputes every run touched so far. */
  settleRuns(): Promise<void>;
  stats(): CollectorStats;
  /** Reads the files of TLS again now; without it that happens within ten seconds of a change. */
  reloadCertificates(): void;
  /** How each part is that must work for data to be taken. */
  checks(): readonly Check[];
  /**
   * Stops taking requests, answers those in progress, commits what waits, recomputes touched runs. Afterwards everything
   * that was answered 200 is stored. Ends by the deadline, whatever the store does. The store stays open. Safe to call twice.
   */
  shutdown(deadlineMs?: number): Promise<void>;
}

/** The parts of one collector, wired. Throws a {@link CollectorError} for an invalid configuration. */
export function createCollector(config: CollectorConfig): Collector {
  const resolved = resolveConfig(config);
  const counters = newCounters();
  const now = (): number => Date.now();
  const onStoreError = reportSeldom(resolved.onError, STORE_REPORT_INTERVAL_MS, now);
  const runs = new RunTracker(resolved.store, {
    quietMs: resolved.runQuietMs,
    now,
    onFailure: onStoreError,
  });
  const redactor = resolved.redaction === false ? undefined : new Redactor(resolved.redaction);
  const timings = createRequestTimings(resolved.meter);
  const waiting = new WaitingRequests(timings, () => performance.now());
  const path = new CommitPath(resolved, {
    clock: SYSTEM_CLOCK,
    now,
    onReplayed: (touched) => runs.touch(touched),
    onCommitted: (rows, ms) => timings.committed(rows, ms),
    onProblem: resolved.onError,
  });
  const { committer, budget, readiness } = path;
  const { answerWithinMs } = resolved;
  const ingest = new Ingest({
    committer,
    runs,
    counters,
    redactor,
    now,
    answerWithinMs,
    onStoreFailure: onStoreError,
  });
  const tls =
    resolved.tls === false ? undefined : new TlsFiles(resolved.tls, { onProblem: resolved.onError });
  const parts: ReceiverParts = {
    keys: new ApiKeys(resolved.keys, resolved.project),
    limiter: new RateLimiter(resolved.rateLimit, () => performance.now()),
    tls,
    budget,
    admit: () => readiness.admit(),
    counters,
    // The request itself must not be kept until it is stored.
    export: (request) => waiting.until(request.signal, ingest.export(request)),
    timings,
    onUnexpected: resolved.onError,
  };
  const receiver = new HttpReceiver(resolved, parts);
  const grpcReceiver =
    resolved.grpcPort === false
      ? undefined
      : new GrpcReceiver({ ...resolved, port: resolved.grpcPort }, parts);
  const scheme = resolved.tls === false ? 'http' : 'https';
  let bound: Address | undefined;
  let grpcBound: Address | undefined;
  let stopped: Promise<void> | undefined;

  const settleRuns = async (): Promise<void> => {
    await path.settle();
    await runs.settle();
  };
  const stop = async (deadlineMs: number): Promise<void> => {
    const endAt = performance.now() + deadlineMs;
    const rest = (): number => Math.max(0, endAt - performance.now());
    path.refuseNew();
    receiver.refuseNew();
    // Requests in progress wait for a commit: nobody else asks for one early.
    await within(rest(), committer.flush());
    await Promise.all([
      bound === undefined ? undefined : receiver.close(rest()),
      grpcBound === undefined ? undefined : grpcReceiver?.close(rest()),
    ]);
    tls?.stop();
    runs.stop();
    // What is not recomputed now is caught up at the next start.
    await within(rest(), settleRuns().catch(onStoreError));
    await within(rest(), path.close());
  };

  const stats = (): CollectorStats => {
    const { refused, ...counts } = counters;
    const committed = path.counts;
    return {
      ...counts,
      refused: Object.fromEntries(refused),
      redacted: Object.fromEntries(redactor?.counts ?? []),
      repeated: ingest.repeated,
      commits: committed.commits,
      rowsCommitted: committed.rows,
      commitRetries: committed.retries,
      bytesWaiting: budget.bytes,
      oldestWaitingMs: waiting.oldestMs,
      spool: path.spooled,
      runsRefreshed: runs.refreshed,
      runsWaiting: runs.waiting,
      runsProblem: runs.problem,
    };
  };
  observeCollector(resolved.meter, stats);

  return {
    start: async () => {
      await path.open();
      grpcBound = addressOf(scheme, await grpcReceiver?.listen());
      try {
        bound = addressOf(scheme, await receiver.listen());
      } catch (error) {
        await grpcReceiver?.close(0);
        throw error;
      }
      runs.start();
    },
    get address() {
      if (bound === undefined) throw new CollectorError('not_running', 'the collector has not been started');
      return { ...bound, ...(grpcBound === undefined ? {} : { grpc: grpcBound }) };
    },
    record: (batch, key = randomUUID()) => ingest.record(batch, key),
    settleRuns,
    stats,
    checks: () => readiness.checks,
    reloadCertificates: () => tls?.reload(),
    shutdown: (deadlineMs = SHUTDOWN_DEADLINE_MS) => (stopped ??= stop(deadlineMs)),
  };
}

function addressOf(
  scheme: string,
  bound: { readonly address: string; readonly port: number } | undefined,
): Address | undefined {
  if (bound === undefined) return undefined;
  const { address: host, port } = bound;
  return { host, port, url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}` };
}

/** Waits for the work, but not longer; it goes on by itself. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  await Promise.race([work, expired]);
  clearTimeout(timer);
}
