import type { TrialLease, TrialLeaseRequest, TrialReport } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import type { Scorer } from '../evals/scorer.ts';
import type { NewId } from '../ids.ts';
import type { Clock } from './clock.ts';
import { createRunnerRegistry, type RunnerStatus } from './runner-registry.ts';
import { judgeReport } from './judge-report.ts';
import type { TrialLog } from './trial-log.ts';
import type { RuleReference, TrialResult, TrialRunner, TrialSpec } from './trial-runner.ts';

/** Trials that wait or run at one time, over all projects. More is an error. */
export const TRIALS_PENDING_MAX = 20_000;
/** A trial that was handed out so often without a report is void. */
export const ATTEMPTS_MAX = 3;
/** Time a runner has for one trial before it is handed out again, ms. */
export const LEASE_MS = 120_000;
/** Longest wait of a lease request for work, ms. */
export const LEASE_WAIT_MS_MAX = 25_000;
/** Most trials handed out in one answer. */
export const LEASE_TRIALS_MAX = 100;
/** Without any runner for this long, waiting trials fail instead of waiting for ever, ms. */
export const RUNNER_GRACE_MS = 30_000;
/** How often leases and runners are checked while trials are pending, ms. */
const CHECK_MS = 1_000;

export interface TrialBrokerOptions {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: TrialLog;
  readonly scorer: Scorer;
  readonly leaseMs?: number;
  readonly graceMs?: number;
}

/**
 * Hands trials to the runners in users' processes and collects what became of them. A lease that expires is handed out
 * again; the first report of the lease's holder counts, every other one is ignored.
 */
export interface TrialBroker {
  /** Runs trials of these cases. Rejects with LearnerError `unavailable` when no runner shows up within the grace time. */
  runner(project: string, cases: readonly EvalCase[]): TrialRunner;
  /** Hands out trials at once, or as soon as there are some; an empty list when none came in time. */
  lease(project: string, request: TrialLeaseRequest, signal?: AbortSignal): Promise<readonly TrialLease[]>;
  /** Whether the report counted. */
  report(project: string, report: TrialReport): Promise<boolean>;
  /** Rule set of a pending trial, for the answer to its `get_knowledge`. */
  rulesOf(trialId: string): readonly RuleReference[] | undefined;
  /** Runners heard of since the start; alive: lately, or working, or waiting for work. */
  runners(project: string): readonly RunnerStatus[];
  /** Whether a runner is there, or comes within `waitMs`: one that was just started needs a moment to ask for work. */
  awaitRunner(project: string, waitMs: number): Promise<boolean>;
}

/** `lease`: runner and end of the current one, epoch ms. */
interface Trial {
  readonly id: string;
  readonly project: string;
  readonly spec: TrialSpec;
  readonly evalCase: EvalCase;
  readonly createdAt: Date;
  attempts: number;
  lease: { readonly runner: string; readonly expiresAt: number } | undefined;
  readonly resolve: (result: TrialResult) => void;
  readonly reject: (error: LearnerError) => void;
}

interface Waiter {
  readonly project: string;
  readonly request: TrialLeaseRequest;
  readonly give: (trials: readonly TrialLease[]) => void;
}

export function createTrialBroker(options: TrialBrokerOptions): TrialBroker {
  const { clock, newId, log } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const graceMs = options.graceMs ?? RUNNER_GRACE_MS;
  const registry = createRunnerRegistry(clock, graceMs);
  const pending = new Map<string, Trial>();
  const queues = new Map<string, Trial[]>();
  const waiters = new Set<Waiter>();
  const arrivals = new Set<{ readonly project: string; readonly resolve: (came: boolean) => void }>();
  let isChecking = false;

  function queueOf(project: string): Trial[] {
    const known = queues.get(project);
    if (known !== undefined) return known;
    const fresh: Trial[] = [];
    queues.set(project, fresh);
    return fresh;
  }

  function handOut(project: string, request: TrialLeaseRequest): TrialLease[] {
    const expiresAt = clock.now().getTime() + leaseMs;
    const count = Math.min(request.max, LEASE_TRIALS_MAX);
    return queueOf(project)
      .splice(0, count)
      .map((trial) => {
        trial.attempts += 1;
        trial.lease = { runner: request.runner, expiresAt };
        const { input, task } = trial.evalCase;
        return { trial: trial.id, task, expiresAt, ...(input === undefined ? {} : { input }) };
      });
  }

  function serveWaiters(project: string): void {
    for (const waiter of waiters) {
      if (queueOf(project).length === 0) return;
      if (waiter.project === project) waiter.give(handOut(project, waiter.request));
    }
  }

  function finish(trial: Trial, result: TrialResult, runner: string, traceId = ''): void {
    if (!pending.delete(trial.id)) return;
    const queue = queueOf(trial.project);
    const at = queue.indexOf(trial);
    if (at >= 0) queue.splice(at, 1);
    const isScored = result.kind === 'scored';
    log.add({
      project: trial.project,
      trialId: trial.id,
      spec: trial.spec,
      state: result.kind,
      score: isScored ? result.score : null,
      output: isScored ? result.output : '',
      error: isScored ? result.error : '',
      reason: isScored ? '' : result.reason,
      runner,
      attempts: trial.attempts,
      traceId,
      durationMs: isScored ? result.durationMs : 0,
      createdAt: trial.createdAt,
      finishedAt: clock.now(),
    });
    trial.resolve(result);
  }

  function check(): void {
    isChecking = false;
    const now = clock.now().getTime();
    for (const trial of pending.values()) {
      const { lease } = trial;
      if (lease === undefined || lease.expiresAt > now) continue;
      trial.lease = undefined;
      if (trial.attempts >= ATTEMPTS_MAX) {
        const reason = `handed out ${trial.attempts} times, ${leaseMs} ms each, and never reported`;
        finish(trial, { kind: 'void', trialId: trial.id, reason }, lease.runner);
      } else {
        queueOf(trial.project).push(trial);
        registry.expect(trial.project);
      }
    }
    for (const [project, queue] of queues) {
      serveWaiters(project);
      if (queue.length > 0 && !isAttended(project)) giveUp(project);
    }
    keepChecking();
  }

  function isAttended(project: string): boolean {
    const isLeased = [...pending.values()].some(
      (trial) => trial.project === project && trial.lease !== undefined,
    );
    return (
      isLeased || [...waiters].some((waiter) => waiter.project === project) || registry.isAttended(project)
    );
  }

  /** Waiting for work or working: also a runner that has said nothing for long. */
  function isBusy(project: string, runner: string): boolean {
    const isLeased = [...pending.values()].some(
      (trial) => trial.project === project && trial.lease?.runner === runner,
    );
    return (
      isLeased ||
      [...waiters].some((waiter) => waiter.project === project && waiter.request.runner === runner)
    );
  }

  function listRunners(project: string): readonly RunnerStatus[] {
    return registry
      .list(project)
      .map((status) => ({ ...status, isAlive: status.isAlive || isBusy(project, status.runner) }));
  }

  function greet(project: string, who: { readonly runner: string; readonly agent?: string }): void {
    registry.seen(project, who);
    for (const arrival of arrivals) if (arrival.project === project) arrival.resolve(true);
  }

  function giveUp(project: string): void {
    const message =
      `no runner took the waiting trials of project ${project} for ${Math.round(graceMs / 1_000)} s. ` +
      'Register the agent with registerRunner() in a running process, or pass it to the command with --agent.';
    for (const trial of queueOf(project).splice(0)) {
      pending.delete(trial.id);
      trial.reject(new LearnerError('unavailable', message, { retryable: true }));
    }
  }

  function keepChecking(): void {
    if (isChecking || pending.size === 0) return;
    isChecking = true;
    clock.after(CHECK_MS, check);
  }

  function start(
    project: string,
    spec: TrialSpec,
    evalCase: EvalCase,
  ): { id: string; done: Promise<TrialResult> } {
    const { promise, resolve, reject } = Promise.withResolvers<TrialResult>();
    const id = newId();
    const trial: Trial = {
      id,
      project,
      spec,
      evalCase,
      createdAt: clock.now(),
      attempts: 0,
      lease: undefined,
      resolve,
      reject,
    };
    pending.set(id, trial);
    queueOf(project).push(trial);
    return { id, done: promise };
  }

  return {
    runner(project, cases) {
      const byId = new Map(cases.map((evalCase) => [evalCase.id, evalCase]));
      return {
        async run(specs, signal) {
          if (pending.size + specs.length > TRIALS_PENDING_MAX) {
            const sum = `${pending.size} pending and ${specs.length} more`;
            throw new LearnerError('busy', `at most ${TRIALS_PENDING_MAX} trials at a time, got ${sum}`, {
              retryable: true,
            });
          }
          registry.expect(project);
          const started = specs.map((spec) => {
            const evalCase = byId.get(spec.caseId);
            return evalCase === undefined ? missingCase(spec) : start(project, spec, evalCase);
          });
          serveWaiters(project);
          keepChecking();
          const cancel = (): void => {
            for (const { id } of started) {
              const trial = pending.get(id);
              if (trial !== undefined) finish(trial, { kind: 'void', trialId: id, reason: 'cancelled' }, '');
            }
          };
          if (signal?.aborted === true) cancel();
          signal?.addEventListener('abort', cancel, { once: true });
          try {
            return await Promise.all(started.map(({ done }) => done));
          } catch (error) {
            cancel();
            throw error;
          } finally {
            signal?.removeEventListener('abort', cancel);
          }
        },
      };
    },

    async lease(project, request, signal) {
      greet(project, request);
      const now = handOut(project, request);
      const waitMs = Math.min(request.waitMs, LEASE_WAIT_MS_MAX);
      if (now.length > 0 || waitMs <= 0 || signal?.aborted === true) return now;
      const { promise, resolve } = Promise.withResolvers<readonly TrialLease[]>();
      const waiter: Waiter = { project, request, give: done };
      const takeBack = clock.after(waitMs, () => done([]));
      const leave = (): void => done([]);
      function done(trials: readonly TrialLease[]): void {
        if (!waiters.delete(waiter)) return;
        takeBack();
        signal?.removeEventListener('abort', leave);
        greet(project, request);
        resolve(trials);
      }
      waiters.add(waiter);
      signal?.addEventListener('abort', leave, { once: true });
      return promise;
    },

    async report(project, report) {
      const trial = pending.get(report.trial);
      greet(project, report);
      if (trial?.project !== project || trial.lease?.runner !== report.runner) return false;
      // Scoring may take a while: the lease must not run out meanwhile, and a second report must find none.
      trial.lease = { runner: '', expiresAt: Number.POSITIVE_INFINITY };
      const result = await judgeReport(report, trial.evalCase, options.scorer);
      finish(trial, result, report.runner, report.traceId);
      return true;
    },

    async awaitRunner(project, waitMs) {
      if (listRunners(project).some(({ isAlive }) => isAlive)) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const arrival = { project, resolve };
      arrivals.add(arrival);
      const takeBack = clock.after(waitMs, () => resolve(false));
      const came = await promise;
      arrivals.delete(arrival);
      takeBack();
      return came;
    },

    rulesOf: (trialId) => pending.get(trialId)?.spec.rules,
    runners: listRunners,
  };
}

function missingCase(spec: TrialSpec): { id: string; done: Promise<TrialResult> } {
  const reason = `there is no eval case ${spec.caseId}`;
  return { id: '', done: Promise.resolve({ kind: 'void', trialId: '', reason }) };
}
