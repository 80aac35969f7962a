import type { TrialLease, TrialLeaseRequest } from '@tracelore/sdk/contract';
import type { EvalCase } from '../evals/eval-case.ts';
import type { NewId } from '../ids.ts';
import type { Clock } from './clock.ts';
import type { RuleReference, TrialResult, TrialSpec } from './trial-runner.ts';

/** A trial that is hoped to give a result. */
export interface PendingTrial {
  readonly id: string;
  readonly project: string;
  readonly spec: TrialSpec;
  readonly evalCase: EvalCase;
  readonly createdAt: Date;
  /** How often it was handed out. */
  readonly attempts: number;
  /** Runner that has it, or had it last; '' when none did. */
  readonly runner: string;
  /** Whether its rules were asked for since it was handed out. */
  readonly hasAsked: boolean;
  readonly resolve: (result: TrialResult) => void;
  readonly reject: (error: Error) => void;
}

interface Entry extends PendingTrial {
  attempts: number;
  runner: string;
  hasAsked: boolean;
  state: 'waiting' | 'leased' | 'scoring';
  /** End of the lease, epoch ms. */
  expiresAt: number;
}

function agentOf(entry: PendingTrial): string {
  return entry.evalCase.agent ?? '';
}

/** Whether a runner may have the trials of a case: one that names its agent only those of this agent, or of no agent. */
export function canRun(runnerAgent: string | undefined, caseAgent: string | undefined): boolean {
  return (runnerAgent ?? '') === '' || (caseAgent ?? '') === '' || runnerAgent === caseAgent;
}

/** The trials that wait, are leased or are being scored. Knows states and time, nothing about runners or results. */
export class PendingTrials {
  readonly #clock: Clock;
  readonly #newId: NewId;
  readonly #leaseMs: number;
  readonly #trials = new Map<string, Entry>();
  /** Waiting trials per project, longest waiting first. */
  readonly #queues = new Map<string, Entry[]>();

  constructor(options: { readonly clock: Clock; readonly newId: NewId; readonly leaseMs: number }) {
    this.#clock = options.clock;
    this.#newId = options.newId;
    this.#leaseMs = options.leaseMs;
  }

  get size(): number {
    return this.#trials.size;
  }

  find(id: string): PendingTrial | undefined {
    return this.#trials.get(id);
  }

  add(project: string, spec: TrialSpec, evalCase: EvalCase): { id: string; done: Promise<TrialResult> } {
    const { promise, resolve, reject } = Promise.withResolvers<TrialResult>();
    const entry: Entry = {
      id: this.#newId(),
      project,
      spec,
      evalCase,
      createdAt: this.#clock.now(),
      attempts: 0,
      runner: '',
      hasAsked: false,
      state: 'waiting',
      expiresAt: 0,
      resolve,
      reject,
    };
    this.#trials.set(entry.id, entry);
    this.#enqueue(entry);
    return { id: entry.id, done: promise };
  }

  /** Leases up to `count` waiting trials to a runner. */
  take(project: string, request: TrialLeaseRequest, count: number): TrialLease[] {
    const expiresAt = this.#clock.now().getTime() + this.#leaseMs;
    const waiting = this.#queues.get(project) ?? [];
    const taken = waiting.filter((entry) => canRun(request.agent, entry.evalCase.agent)).slice(0, count);
    const left = new Set(taken);
    this.#queues.set(
      project,
      waiting.filter((entry) => !left.has(entry)),
    );
    return taken.map((entry) => {
      entry.attempts += 1;
      entry.runner = request.runner;
      entry.hasAsked = false;
      entry.state = 'leased';
      entry.expiresAt = expiresAt;
      const { input, task } = entry.evalCase;
      const { recording } = entry.spec;
      return {
        trial: entry.id,
        task,
        expiresAt,
        ...(input === undefined ? {} : { input }),
        ...(recording === undefined ? {} : { recording }),
      };
    });
  }

  /** Rules of a trial of this project, for whoever runs it. */
  rulesFor(project: string, id: string): readonly RuleReference[] | undefined {
    const entry = this.#trials.get(id);
    if (entry?.project !== project) return undefined;
    entry.hasAsked = true;
    return entry.spec.rules;
  }

  /** Ends a runner's lease for scoring, once: `undefined` when the trial is not (or no longer) this runner's. */
  claim(project: string, id: string, runner: string): PendingTrial | undefined {
    const entry = this.#trials.get(id);
    if (entry?.project !== project || entry.state !== 'leased' || entry.runner !== runner) return undefined;
    entry.state = 'scoring';
    return entry;
  }

  /** False when it was gone already. */
  remove(trial: PendingTrial): boolean {
    if (!this.#trials.delete(trial.id)) return false;
    const queue = this.#queues.get(trial.project) ?? [];
    const at = queue.findIndex(({ id }) => id === trial.id);
    if (at >= 0) queue.splice(at, 1);
    return true;
  }

  /** Takes back leases that ran out: returns trials with `attemptsMax` leases behind them, the others wait again. */
  expire(attemptsMax: number): {
    readonly spent: readonly PendingTrial[];
    readonly projects: ReadonlySet<string>;
  } {
    const now = this.#clock.now().getTime();
    const over = [...this.#trials.values()].filter(
      ({ state, expiresAt }) => state === 'leased' && expiresAt <= now,
    );
    const spent = over.filter(({ attempts }) => attempts >= attemptsMax);
    const again = over.filter(({ attempts }) => attempts < attemptsMax);
    for (const entry of again) {
      entry.state = 'waiting';
      entry.runner = '';
      this.#enqueue(entry);
    }
    return { spent, projects: new Set(again.map(({ project }) => project)) };
  }

  countWaiting(project: string): number {
    return this.#queues.get(project)?.length ?? 0;
  }

  /** Takes all waiting trials of a project's agent out. */
  withdraw(project: string, agent: string): readonly PendingTrial[] {
    const waiting = this.#queues.get(project) ?? [];
    const withdrawn = waiting.filter((entry) => agentOf(entry) === agent);
    this.#queues.set(
      project,
      waiting.filter((entry) => agentOf(entry) !== agent),
    );
    for (const { id } of withdrawn) this.#trials.delete(id);
    return withdrawn;
  }

  /** Projects with waiting trials, and the agents they wait for ('' = any). */
  awaited(): readonly { readonly project: string; readonly agents: ReadonlySet<string> }[] {
    return [...this.#queues]
      .filter(([, queue]) => queue.length > 0)
      .map(([project, queue]) => ({ project, agents: new Set(queue.map(agentOf)) }));
  }

  /** Runners whose trials are out or being scored. */
  busyRunners(project: string): ReadonlySet<string> {
    const out = [...this.#trials.values()].filter(
      (entry) => entry.project === project && entry.state !== 'waiting',
    );
    return new Set(out.map(({ runner }) => runner));
  }

  #enqueue(entry: Entry): void {
    const queue = this.#queues.get(entry.project);
    if (queue === undefined) this.#queues.set(entry.project, [entry]);
    else queue.push(entry);
  }
}
