import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SYSTEM_CLOCK } from './commit/commit-pace.ts';
import { Committer } from './commit/committer.ts';
import { resolveConfig, type CollectorConfig } from './config.ts';
import { newCounters, type CollectorStats } from './counters.ts';
import { CollectorError } from './errors.ts';
import { Ingest } from './ingest.ts';
import { ApiKeys } from './receiver/api-keys.ts';
import { ByteBudget } from './receiver/byte-budget.ts';
import { HttpReceiver } from './receiver/http-receiver.ts';
import type { Batch } from './records.ts';
import { Redactor } from './redact/redactor.ts';
import { reportSeldom } from './report-seldom.ts';
import { RunTracker } from './runs/run-tracker.ts';

/** Time given to requests in progress when no deadline is named, ms. */
const SHUTDOWN_DEADLINE_MS = 10_000;

/** A failing store is reported once per this time, ms. */
const STORE_REPORT_INTERVAL_MS = 10_000;

export interface Collector {
  /** Binds the port and catches up on runs. Rejects with a {@link CollectorError}. */
  start(): Promise<void>;
  /** Where it listens. Throws before `start`. */
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  /**
   * Stores rows that did not come by OTLP. Resolves when they are stored, rejects when they are not. `key` identifies their
   * content: the same key again stores nothing new.
   */
  record(batch: Batch, key?: string): Promise<void>;
  /** Commits what waits and recomputes every run touched so far. */
  settleRuns(): Promise<void>;
  stats(): CollectorStats;
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
  const budget = new ByteBudget(resolved.bytesWaitingMax);
  const now = (): number => Date.now();
  const committer = new Committer(resolved.store, {
    intervalMs: resolved.commitIntervalMs,
    clock: SYSTEM_CLOCK,
  });
  const onStoreError = reportSeldom(resolved.onError, STORE_REPORT_INTERVAL_MS, now);
  const runs = new RunTracker(resolved.store, {
    quietMs: resolved.runQuietMs,
    now,
    onFailure: onStoreError,
  });
  const redactor = resolved.redaction === false ? undefined : new Redactor(resolved.redaction);
  const ingest = new Ingest({ committer, runs, counters, redactor, now, onStoreFailure: onStoreError });
  const receiver = new HttpReceiver(resolved, {
    keys: new ApiKeys(resolved.apiKeys),
    budget,
    counters,
    export: (request) => ingest.export(request),
    onUnexpected: resolved.onError,
  });
  let bound: AddressInfo | undefined;
  let stopped: Promise<void> | undefined;

  const settleRuns = async (): Promise<void> => {
    await committer.flush();
    await runs.settle();
  };
  const stop = async (deadlineMs: number): Promise<void> => {
    const endAt = performance.now() + deadlineMs;
    const rest = (): number => Math.max(0, endAt - performance.now());
    receiver.refuseNew();
    // Requests in progress wait for a commit: nobody else asks for one early.
    await within(rest(), committer.flush());
    if (bound !== undefined) await receiver.close(rest());
    runs.stop();
    // What is not recomputed now is caught up at the next start.
    await within(rest(), settleRuns().catch(onStoreError));
  };

  return {
    start: async () => {
      bound = await receiver.listen();
      runs.start();
    },
    get address() {
      if (bound === undefined) throw new CollectorError('not_running', 'the collector has not been started');
      const { address: host, port, family } = bound;
      return { host, port, url: `http://${family === 'IPv6' ? `[${host}]` : host}:${port}` };
    },
    record: (batch, key = randomUUID()) => ingest.record(batch, key),
    settleRuns,
    stats: () => {
      const { refused, ...counts } = counters;
      const committed = committer.counts;
      return {
        ...counts,
        refused: Object.fromEntries(refused),
        redacted: Object.fromEntries(redactor?.counts ?? []),
        repeated: ingest.repeated,
        commits: committed.commits,
        rowsCommitted: committed.rows,
        commitRetries: committed.retries,
        bytesWaiting: budget.bytes,
        runsRefreshed: runs.refreshed,
        runsWaiting: runs.waiting,
        runsProblem: runs.problem,
      };
    },
    shutdown: (deadlineMs = SHUTDOWN_DEADLINE_MS) => (stopped ??= stop(deadlineMs)),
  };
}

/** Waits for the work, but not longer; it goes on by itself. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  const { promise: expired, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  await Promise.race([work, expired]);
  clearTimeout(timer);
}
