import type { RunCounts } from '@tracelore/collector/store';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { RULE_STATUSES, type Rule, type RuleStatus } from '../knowledge/rule.ts';
import { STAGES, type Stage } from '../online/stage.ts';
import type { LearnPass } from '../learn/learn-pass.ts';
import type { LearnEnds } from '../learn/learn-service.ts';
import type { LayerView, WatchView } from '../online/watch-view.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** How a project stands. */
export interface ProjectStatus {
  readonly project: string;
  readonly version: string;
  readonly knowledge: Readonly<Record<RuleStatus, number>> & {
    readonly pinned: number;
    readonly quarantined: number;
    readonly snapshot: number;
  };
  /** What production says about the rules in service. */
  readonly online: {
    /** Measured rules by stage. */
    readonly stages: Readonly<Record<Stage, number>>;
    /** Rules about which nothing is decided, since their arms cannot be compared. */
    readonly broken: number;
    /** What all knowledge together changes, against the units that get none; `null` while that is not measured. */
    readonly layer: LayerView | null;
  };
  readonly runs: RunCounts;
  readonly evalCases: number;
  /** Processes that asked for trials lately. */
  readonly runners: number;
  /** Model of the analyzers; '' = none is configured. */
  readonly model: string;
  /** Newest learning pass, if there was one. */
  readonly lastPass: object | null;
  /** Newest pass that ended well, and newest one that failed, with its reason. */
  readonly lastSuccess: PassEnd | null;
  readonly lastFailure: PassEnd | null;
  /** What is missing for learning, and how to add it; empty = nothing. */
  readonly next: readonly string[];
  /** What this deployment does not protect against, and why that is so. */
  readonly notes: readonly string[];
}

/** How a learning pass ended. */
export interface PassEnd {
  readonly id: string;
  /** ISO time; null = it was interrupted. */
  readonly finishedAt: string | null;
  /** '' = it did not fail. */
  readonly error: string;
}

export interface StatusServices {
  readonly version: string;
  readonly knowledge: (project: string) => KnowledgeBase;
  readonly countRuns: (project: string) => Promise<RunCounts>;
  readonly countCases: (project: string) => Promise<number>;
  readonly countRunners: (project: string) => number;
  readonly lastPass: (project: string) => Promise<object | undefined>;
  readonly lastEnds: (project: string) => Promise<LearnEnds>;
  /** Who learns instead of this process; undefined = it does. */
  readonly otherWorker: () => string | undefined;
  /** Current watch of a rule; `undefined` = it is not measured. */
  readonly watchOf: (project: string, rule: Rule) => WatchView | undefined;
  readonly layer: (project: string) => LayerView | null;
  /** '' = none is configured. */
  readonly model: string;
  /** What a person should know about sources of outcomes that decide nothing. */
  readonly signalNotes: (project: string) => Promise<readonly string[]>;
  /** Keyless on the loopback interface: everybody who can reach it is one trusted owner. */
  readonly keyless: () => boolean;
}

const KEYLESS_NOTE =
  'No API keys: whoever reaches this service is trusted as its owner. Corroboration by several people is off.';

export function statusEndpoints(services: StatusServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/status',
      summary: 'How the project stands, what is missing and how to add it.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json(await readStatus(services, project)),
    }),
  ];
}

async function readStatus(services: StatusServices, project: string): Promise<ProjectStatus> {
  const base = services.knowledge(project);
  const [runs, evalCases, lastPass, ends] = await Promise.all([
    services.countRuns(project),
    services.countCases(project),
    services.lastPass(project),
    services.lastEnds(project),
  ]);
  const facts = {
    project,
    version: services.version,
    knowledge: { ...countRules(base.list()), snapshot: base.snapshot() },
    online: {
      ...countStages(base.served().map((rule) => services.watchOf(project, rule))),
      layer: services.layer(project),
    },
    runs,
    evalCases,
    runners: services.countRunners(project),
    model: services.model,
    lastPass: lastPass ?? null,
    lastSuccess: endOf(ends.success),
    lastFailure: endOf(ends.failure),
  };
  const other = services.otherWorker();
  const notes = [
    ...(services.keyless() ? [KEYLESS_NOTE] : []),
    ...(other === undefined ? [] : [other]),
    ...(await services.signalNotes(project)),
  ];
  return { ...facts, next: nextSteps(facts), notes };
}

function endOf(pass: LearnPass | undefined): PassEnd | null {
  return pass === undefined ? null : { id: pass.id, finishedAt: pass.finishedAt, error: pass.error };
}

function countStages(
  watches: readonly (WatchView | undefined)[],
): Pick<ProjectStatus['online'], 'stages' | 'broken'> {
  const stages = { canary: 0, active: 0, steady: 0, suspect: 0, dormant: 0, deprecated: 0 };
  let broken = 0;
  for (const watch of watches) {
    for (const stage of STAGES) if (watch?.stage === stage) stages[stage] += 1;
    if (watch !== undefined && watch.broken !== null) broken += 1;
  }
  return { stages, broken };
}

function countRules(rules: readonly Rule[]): Omit<ProjectStatus['knowledge'], 'snapshot'> {
  const counts = {
    candidate: 0,
    validated: 0,
    active: 0,
    deprecated: 0,
    archived: 0,
    pinned: 0,
    quarantined: 0,
  };
  for (const rule of rules) {
    for (const status of RULE_STATUSES) if (rule.status === status) counts[status] += 1;
    if (rule.priority === 'pinned') counts.pinned += 1;
    if (rule.quarantined && rule.status !== 'archived') counts.quarantined += 1;
  }
  return counts;
}

/** What stands between this project and proven rules, in the order in which it is needed. */
export function nextSteps(
  status: Pick<ProjectStatus, 'knowledge' | 'online' | 'runs' | 'evalCases' | 'runners' | 'model'>,
): string[] {
  const { knowledge, online, runs, evalCases, runners, model } = status;
  const steps: string[] = [];
  if (runs.total === 0) {
    steps.push('No runs yet: wrap your agent with trace() of @tracelore/sdk, or send OTLP to the collector.');
  } else if (runs.passed + runs.failed === 0) {
    steps.push(
      'No run has an outcome: call recordOutcome() or POST /v1/outcomes, so that failures are known.',
    );
  }
  if (model === '')
    steps.push('No model: set OPENAI_API_KEY (or OPENAI_BASE_URL for another server) and restart.');
  if (evalCases === 0) {
    steps.push(
      'No eval cases: add some with "tracelore eval add" or "tracelore eval import"; rules are proven on them.',
    );
  }
  if (runners === 0) {
    steps.push(
      'No runner: register your agent with registerRunner() of @tracelore/sdk, or pass --agent to "tracelore learn".',
    );
  }
  if (knowledge.quarantined > 0) {
    steps.push(
      `${knowledge.quarantined} rule(s) in quarantine wait for a person: "tracelore knowledge quarantine list", then release, approve or reject.`,
    );
  }
  if (online.broken > 0) {
    steps.push(
      `${online.broken} rule(s) in service cannot be judged, since outcomes or decisions are lost on one side: "tracelore knowledge show <id>" says which.`,
    );
  }
  return steps;
}
