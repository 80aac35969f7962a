import { callApi } from './api.ts';
import type { Backend } from './backend.ts';
import { captureText } from './capture.ts';
import { currentConfig } from './configure.ts';
import { decodeTrialLeases, type TrialLease, type TrialReport } from './contract/trial.ts';
import { recordFault } from './diagnostics.ts';
import { randomHex } from './ids.ts';
import { Recording } from './recording.ts';
import { currentScope, Scope, runInScope, type Trial } from './scope.ts';

const CONCURRENCY_DEFAULT = 4;
const CONCURRENCY_MAX = 256;
/** Long-poll time, ms; the service caps it at 25 s. */
const LEASE_WAIT_MS = 20_000;
const LEASE_TIMEOUT_MS = LEASE_WAIT_MS + 10_000;
const REPORT_TIMEOUT_MS = 10_000;
const REPORT_ATTEMPTS_MAX = 5;
const BACKOFF_MIN_MS = 200;
const BACKOFF_MAX_MS = 15_000;
/** A service that answers an empty lease at once must not be asked in a tight loop, ms. */
const EMPTY_LEASE_MS = 250;

export interface TrialInput {
  /** Further input of the eval case. */
  readonly input: unknown;
  /** Id of the trial. */
  readonly trial: string;
  /** Aborts when the lease expires, the runner stops or a replay leaves its recording: the result would not count. */
  readonly signal: AbortSignal;
}

/** Runs the agent once and returns, or resolves to, its answer; what is no text is reported as JSON. */
export type TrialFunction = (task: string, given: TrialInput) => unknown;

export interface RunnerOptions {
  /** Take only trials of this agent. */
  readonly agent?: string;
  /** Trials run at the same time. Default 4. */
  readonly concurrency?: number;
  /**
   * The runner's own check of an answer: a score in [0, 1]. Without it, and where it gives none, the service scores with the
   * eval case's scorer.
   */
  readonly score?: (
    output: string,
    task: string,
    input: unknown,
  ) => number | undefined | Promise<number | undefined>;
  /** True: the process stays alive for the runner. Default false. */
  readonly keepAlive?: boolean;
}

export interface Runner {
  /** Takes no more trials, aborts those that run and resolves when they have ended. */
  stop(): Promise<void>;
}

/**
 * Offers this process to run the agent on eval cases: the learner's trials of new rules. The agent really runs, with
 * its tools: register it only where their side effects are acceptable. (In a replay of a recorded run tools that have a
 * `replay` option answer from the recording, other traced tools throw.) Survives restarts of the service.
 */
export function registerRunner(fn: TrialFunction, options: RunnerOptions = {}): Runner {
  const runner = new TrialRunner(fn, options);
  if (!currentConfig().disabled) runner.begin();
  return runner;
}

class TrialRunner implements Runner {
  readonly #fn: TrialFunction;
  readonly #options: RunnerOptions;
  readonly #id: string = randomHex(16);
  readonly #concurrency: number;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  /** Of whoever registered it. */
  readonly #backend: Backend | undefined = currentScope().backend;
  #wake: () => void = () => {};
  #polling: Promise<void> = Promise.resolve();

  constructor(fn: TrialFunction, options: RunnerOptions) {
    const { concurrency = CONCURRENCY_DEFAULT } = options;
    if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > CONCURRENCY_MAX) {
      throw new TypeError(
        `registerRunner: concurrency must be an integer from 1 to ${CONCURRENCY_MAX}, got ${concurrency}`,
      );
    }
    this.#fn = fn;
    this.#options = options;
    this.#concurrency = concurrency;
  }

  begin(): void {
    this.#polling = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#polling;
    await Promise.all(this.#running);
  }

  get #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #poll(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      const free = this.#concurrency - this.#running.size;
      if (free === 0) {
        await Promise.race(this.#running);
        continue;
      }
      const askedAt = performance.now();
      try {
        const leases = await this.#lease(free);
        failures = 0;
        for (const lease of leases) this.#start(lease);
        if (leases.length === 0) await this.#pause(EMPTY_LEASE_MS - (performance.now() - askedAt));
      } catch (error) {
        if (this.#stopped) return;
        failures += 1;
        recordFault('runner', 'the runner cannot get trials and tries again', error);
        await this.#pause(backoffMs(failures));
      }
    }
  }

  async #lease(max: number): Promise<readonly TrialLease[]> {
    const config = currentConfig();
    const request = {
      runner: this.#id,
      ...(this.#options.agent === undefined ? {} : { agent: this.#options.agent }),
      ...(config.project === '' ? {} : { project: config.project }),
      max,
      waitMs: LEASE_WAIT_MS,
    };
    const { service } = this.#backend ?? {};
    if (service !== undefined) return await service.lease(request, this.#stopping.signal);
    const decoded = decodeTrialLeases(
      await callApi(config, '/v1/trials/lease', request, {
        timeoutMs: LEASE_TIMEOUT_MS,
        signal: this.#stopping.signal,
        keepsAlive: this.#options.keepAlive ?? false,
      }),
    );
    if (!decoded.ok) throw new Error(`not a trial lease: ${decoded.problems.join('; ')}`);
    return decoded.value.slice(0, max);
  }

  #start(lease: TrialLease): void {
    const running = this.#run(lease)
      .catch((error: unknown) => recordFault('runner', `trial ${lease.trial} could not be reported`, error))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #run(lease: TrialLease): Promise<void> {
    const recording = lease.recording && new Recording(lease.recording);
    const trial: Trial = { id: lease.trial, fault: undefined, traceId: undefined, recording };
    // A lease can be shorter than the difference between two clocks: then the service decides, not this abort.
    const leaseMs = lease.expiresAt - Date.now();
    const expiry = leaseMs > 0 ? [AbortSignal.timeout(Math.min(leaseMs, 2 ** 31 - 1))] : [];
    const diverged = recording === undefined ? [] : [recording.signal];
    const signal = AbortSignal.any([this.#stopping.signal, ...expiry, ...diverged]);
    const startedAt = performance.now();
    const outcome = await runInScope(Scope.empty.derive({ trial, backend: this.#backend }), false, () =>
      this.#attempt(lease, signal),
    );
    if (this.#stopped) return;
    const fault = trial.fault === undefined ? outcome : { error: trial.fault };
    await this.#report({
      trial: lease.trial,
      runner: this.#id,
      ...fault,
      ...(trial.traceId === undefined ? {} : { traceId: trial.traceId }),
      durationMs: Math.round(performance.now() - startedAt),
      ...(recording === undefined ? {} : { replay: recording.account() }),
    });
  }

  /** No span of ours around it: the agent's own run must look, and ask for knowledge, as it does in earnest. */
  async #attempt(
    lease: TrialLease,
    signal: AbortSignal,
  ): Promise<{ output: string; score?: number } | { error: string }> {
    try {
      const result = await this.#fn(lease.task, { input: lease.input, trial: lease.trial, signal });
      const output = captureText(result ?? '');
      const score = await this.#options.score?.(output, lease.task, lease.input);
      return { output, ...(score === undefined ? {} : { score: Math.min(1, Math.max(0, score)) }) };
    } catch (error) {
      return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
    }
  }

  async #report(report: TrialReport): Promise<void> {
    const { service } = this.#backend ?? {};
    if (service !== undefined) return await service.report(report);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await callApi(currentConfig(), '/v1/trials/report', report, {
          timeoutMs: REPORT_TIMEOUT_MS,
          keepsAlive: true,
        });
        return;
      } catch (error) {
        if (attempt >= REPORT_ATTEMPTS_MAX || this.#stopped) throw error;
        await this.#pause(backoffMs(attempt));
      }
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      if (this.#options.keepAlive !== true) timer.unref();
      this.#stopping.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** Exponential with full jitter, so that many runners do not return together. */
function backoffMs(failures: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** Math.min(failures, 10));
  return BACKOFF_MIN_MS + Math.random() * (ceiling - BACKOFF_MIN_MS);
}
