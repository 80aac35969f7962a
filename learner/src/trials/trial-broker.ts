import type { TrialLease, TrialLeaseRequest, TrialReport } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import type { Scorer } from '../evals/scorer.ts';
import type { NewId } from '../ids.ts';
import type { Clock } from './clock.ts';
import { judgeReport } from './judge-report.ts';
import { canRun, PendingTrials, type PendingTrial } from './pending-trials.ts';
import { createRunnerRegistry, type RunnerStatus } from './runner-registry.ts';
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
 * again; the first report of the lease's holder counts, every other one is ignored. A case that names its agent goes only
 * to runners of that agent and to those that name none.
 */
export interface TrialBroker {
  /** Runs trials of these cases. Rejects with LearnerError `unavailable` when no runner shows up within the grace time. */
  runner(project: string, cases: readonly EvalCase[]): TrialRunner;
  /** Hands out trials at once, or as soon as there are some; an empty list when none came in time. */
  lease(project: string, request: TrialLeaseRequest, signal?: AbortSignal): Promise<readonly TrialLease[]>;
  /** Whether the report counted. */
  report(project: string, report: TrialReport): Promise<boolean>;
  /** Rule set of a pending trial, for the answer to its `get_knowledge`. */
  rulesOf(project: string, trialId: string): readonly RuleReference[] | undefined;
  /** Runners heard of since the start; alive: lately, or working, or waiting for work. */
  runners(project: string): readonly RunnerStatus[];
  /** Whether a runner is there, or comes within `waitMs`: one that was just started needs a moment to ask for work. */
  awaitRunner(project: string, waitMs: number): Promise<boolean>;
  /** Whether a runner is there that may have trials of this agent; without an agent: any runner. */
  hasRunner(project: string, agent: string | undefined): boolean;
}

/** A lease request that waits for work. */
interface Waiter {
  readonly project: string;
  readonly request: TrialLeaseRequest;
  readonly give: (trials: readonly TrialLease[]) => void;
}

/** Somebody who waits for a runner. */
interface Arrival {
  readonly project: string;
  readonly resolve: (came: boolean) => void;
}

export function createTrialBroker(options: TrialBrokerOptions): TrialBroker {
  const { clock, newId, scorer } = options;
  const leaseMs = options.leaseMs ?? LEASE_MS;
  const graceMs = options.graceMs ?? RUNNER_GRACE_MS;
  const registry = createRunnerRegistry(clock, graceMs);
  const pending = new PendingTrials({ clock, newId, leaseMs });
  const waiters = new Set<Waiter>();
  const arrivals = new Set<Arrival>();
  let isChecking = false;

  function handOut(project: string, request: TrialLeaseRequest): TrialLease[] {
    return pending.take(project, request, Math.min(request.max, LEASE_TRIALS_MAX));
  }

  function serveWaiters(project: string): void {
    for (const waiter of waiters) {
      if (pending.countWaiting(project) === 0) return;
      if (waiter.project !== project) continue;
      // What waits may be another agent's.
      const trials = handOut(project, waiter.request);
      if (trials.length > 0) waiter.give(trials);
    }
  }

  function finish(trial: PendingTrial, result: TrialResult, runner: string, traceId = ''): void {
    if (!pending.remove(trial)) return;
    options.log.add({
      project: trial.project,
      spec: trial.spec,
      result,
      trialId: trial.id,
      runner,
      attempts: trial.attempts,
      traceId,
      createdAt: trial.createdAt,
      finishedAt: clock.now(),
    });
    trial.resolve(result);
  }

  function cancel(ids: readonly string[]): void {
    for (const id of ids) {
      const trial = pending.find(id);
      if (trial !== undefined) finish(trial, { kind: 'void', trialId: id, reason: 'cancelled' }, '');
    }
  }

  function check(): void {
    isChecking = false;
    const { spent, projects } = pending.expire(ATTEMPTS_MAX);
    for (const trial of spent) {
      const reason = `handed out ${trial.attempts} times, ${leaseMs} ms each, and never reported`;
      finish(trial, { kind: 'void', trialId: trial.id, reason }, trial.runner);
    }
    for (const project of projects) {
      registry.expect(project);
      serveWaiters(project);
    }
    for (const { project, agents } of pending.awaited()) {
      for (const agent of agents) if (!isAttended(project, agent)) giveUp(project, agent);
    }
    keepChecking();
  }

  function keepChecking(): void {
    if (isChecking || pending.size === 0) return;
    isChecking = true;
    clock.after(CHECK_MS, check);
  }

  function isAttended(project: string, agent: string): boolean {
    return registry.isExpected(project) || hasRunner(project, agent);
  }

  function hasRunner(project: string, agent: string | undefined): boolean {
    return runners(project).some((status) => status.isAlive && canRun(status.agent, agent));
  }

  function giveUp(project: string, agent: string): void {
    const whose = agent === '' ? '' : ` of agent ${agent}`;
    const message =
      `no runner took the waiting trials${whose} of project ${project} for ${Math.round(graceMs / 1_000)} s. ` +
      'Register the agent with registerRunner() in a running process, or pass it to the command with --agent.';
    for (const trial of pending.withdraw(project, agent)) {
      trial.reject(new LearnerError('unavailable', message, { retryable: true }));
    }
  }

  function greet(project: string, who: { readonly runner: string; readonly agent?: string }): void {
    registry.seen(project, who);
    for (const arrival of arrivals) if (arrival.project === project) arrival.resolve(true);
  }

  function runners(project: string): readonly RunnerStatus[] {
    const waiting = [...waiters].filter((waiter) => waiter.project === project);
    const busy = new Set([...pending.busyRunners(project), ...waiting.map(({ request }) => request.runner)]);
    return registry
      .list(project)
      .map((status) => ({ ...status, isAlive: status.isAlive || busy.has(status.runner) }));
  }

  async function run(
    project: string,
    cases: ReadonlyMap<string, EvalCase>,
    specs: readonly TrialSpec[],
    signal?: AbortSignal,
  ): Promise<readonly TrialResult[]> {
    if (pending.size + specs.length > TRIALS_PENDING_MAX) {
      const sum = `${pending.size} pending and ${specs.length} more`;
      const message = `at most ${TRIALS_PENDING_MAX} trials at a time, got ${sum}`;
      throw new LearnerError('busy', message, { retryable: true });
    }
    registry.expect(project);
    const started = specs.map((spec) => {
      const evalCase = cases.get(spec.caseId);
      return evalCase === undefined ? missingCase(spec) : pending.add(project, spec, evalCase);
    });
    const drop = (): void => cancel(started.map(({ id }) => id));
    signal?.addEventListener('abort', drop, { once: true });
    if (signal?.aborted === true) drop();
    serveWaiters(project);
    keepChecking();
    try {
      return await Promise.all(started.map(({ done }) => done));
    } catch (error) {
      drop();
      throw error;
    } finally {
      signal?.removeEventListener('abort', drop);
    }
  }

  return {
    runner(project, cases) {
      const byId = new Map(cases.map((evalCase) => [evalCase.id, evalCase]));
      return { run: (specs, signal) => run(project, byId, specs, signal) };
    },

    async lease(project, request, signal) {
      greet(project, request);
      const now = handOut(project, request);
      const waitMs = Math.min(request.waitMs, LEASE_WAIT_MS_MAX);
      if (now.length > 0 || waitMs <= 0 || signal?.aborted === true) return now;
      const { promise, resolve } = Promise.withResolvers<readonly TrialLease[]>();
      const waiter: Waiter = {
        project,
        request,
        give(trials) {
          // At once, not when the promise is looked at: nothing may be given to somebody who has left.
          waiters.delete(waiter);
          resolve(trials);
        },
      };
      const leave = (): void => waiter.give([]);
      waiters.add(waiter);
      const takeBack = clock.after(waitMs, leave);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        return await promise;
      } finally {
        takeBack();
        signal?.removeEventListener('abort', leave);
        registry.seen(project, request);
      }
    },

    async report(project, report) {
      greet(project, report);
      const trial = pending.claim(project, report.trial, report.runner);
      if (trial === undefined) return false;
      const result = await judgeReport(report, trial, scorer);
      finish(trial, result, report.runner, report.traceId);
      return true;
    },

    rulesOf: (project, trialId) => pending.rulesFor(project, trialId),
    runners,
    hasRunner,

    async awaitRunner(project, waitMs) {
      if (hasRunner(project, undefined)) return true;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const arrival: Arrival = { project, resolve };
      arrivals.add(arrival);
      const takeBack = clock.after(waitMs, () => resolve(false));
      const came = await promise;
      arrivals.delete(arrival);
      takeBack();
      return came;
    },
  };
}

function missingCase(spec: TrialSpec): { id: string; done: Promise<TrialResult> } {
  const reason = `there is no eval case ${spec.caseId}`;
  return { id: '', done: Promise.resolve({ kind: 'void', trialId: '', reason }) };
}
