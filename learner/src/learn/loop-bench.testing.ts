import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, type Store } from '@tracelore/collector/store';
import { newRandomId } from '../ids.ts';
import { createRenderer } from '../injectors/renderer.ts';
import { createSelector } from '../injectors/selector.ts';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { createKnowledgeLog } from '../knowledge/knowledge-log.ts';
import { openKnowledge } from '../knowledge/knowledge-registry.ts';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
  type SeenRequest,
} from '../llm/scripted-server.testing.ts';
import { createKnowledgeServing, type KnowledgeServing } from '../serving/knowledge-serving.ts';
import { migrateLearner } from '../store/migrate.ts';
import { createOutcomeRecorder } from '../store/record-outcomes.ts';
import type { LearnPass, LearnRequest } from './learn-pass.ts';
import { createLearningLoop, type LearningLoop, type LearningLoopOptions } from './learning-loop.ts';

/** A run as a test writes it. */
export interface RunDraft {
  readonly id: string;
  readonly input: string;
  readonly output: string;
  readonly passed?: boolean;
  readonly comment?: string;
  readonly error?: string;
  readonly trial?: string;
  readonly toolOutput?: string;
  /** What a retriever returned. */
  readonly retrieved?: string;
  /** What a tool failed with. */
  readonly toolError?: string;
  /** What the user said about it. */
  readonly feedback?: string;
  readonly user?: string;
  /** How long ago it started, ms. Default: a minute. */
  readonly ageMs?: number;
  /** Rules that it was given, `id@version`. */
  readonly given?: readonly string[];
  readonly tags?: readonly string[];
  /** What its model call cost, USD times 10⁹; null = nobody knows. Absent: it made none. */
  readonly costNanoUsd?: number | null;
}

/** An embedded store with the learner's tables, in a folder of its own. */
export async function openLoopStore(): Promise<{
  readonly store: Store;
  readonly remove: () => Promise<void>;
}> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-loop-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  await migrateLearner(store);
  return {
    store,
    remove: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The agent of a test: answers a task with what it was told. */
type BenchAgent = (task: string, knowledge: string) => string | Promise<string>;

/** The whole loop on a store, with a scripted model and an agent in this process. */
export interface LoopBench {
  readonly project: string;
  readonly store: Store;
  readonly loop: LearningLoop;
  readonly base: KnowledgeBase;
  readonly serving: KnowledgeServing;
  readonly model: ScriptedServer;
  readonly writeRuns: (runs: readonly RunDraft[]) => Promise<void>;
  /** Runs the agent for trials until the returned function is called. */
  readonly startRunner: (agent: BenchAgent, name?: string) => () => Promise<void>;
  /** One pass, to its end. */
  readonly learn: (request?: LearnRequest) => Promise<LearnPass>;
  readonly close: () => Promise<void>;
}

export async function openLoopBench(
  store: Store,
  script: ((request: SeenRequest, index: number) => ScriptedAnswer) | 'no model',
  {
    modelTimeoutMs,
    project = newRandomId(),
    ...options
  }: Partial<LearningLoopOptions> & { readonly modelTimeoutMs?: number; readonly project?: string } = {},
): Promise<LoopBench> {
  const now = (): Date => new Date();
  const log = createKnowledgeLog(store.driver, store.database);
  const registry = await openKnowledge({ log, now, newId: newRandomId });
  const model = await startScriptedServer(script === 'no model' ? () => ({ status: 500 }) : script);
  const chat = createOpenAiChatModel({
    model: 'scripted',
    apiKey: 'k',
    baseUrl: model.baseUrl,
    retriesMax: 0,
    ...(modelTimeoutMs === undefined ? {} : { timeoutMs: modelTimeoutMs }),
  });
  const serving: KnowledgeServing = createKnowledgeServing({
    knowledge: (name) => registry.of(name),
    selector: createSelector(),
    renderer: createRenderer({ secret: 'secret' }),
    decisions: { record: () => undefined },
    trialRules: (name, id) => loop.broker.rulesOf(name, id),
    holdout: { global: 0, rule: 0 },
    secret: 'secret',
    now,
    ids: newRandomId,
  });
  const loop: LearningLoop = createLearningLoop({
    store,
    knowledge: (name) => registry.of(name),
    render: (name, task, rules) => serving.render(name, task, rules),
    prepare: (name, tasks, rules) => serving.prepare(name, tasks, { rules }),
    recordOutcomes: createOutcomeRecorder({
      write: (batch, token) => store.write(batch, token),
      now,
      newId: newRandomId,
    }),
    ...(script === 'no model' ? {} : { model: chat }),
    requireApproval: false,
    isKeyless: () => true,
    newId: newRandomId,
    ...options,
  });
  return {
    project,
    store,
    loop,
    base: registry.of(project),
    serving,
    model,
    writeRuns: (runs) => writeRuns(store, project, runs),
    startRunner: (agent, name) => startRunner({ project, loop, serving }, agent, name),
    async learn(request) {
      const { id } = await loop.learning.start(project, request);
      await loop.learning.finished(project);
      const pass = await loop.learning.find(project, id);
      if (pass === undefined) throw new Error(`pass ${id} is gone`);
      return pass;
    },
    async close() {
      await loop.stop();
      await model.close();
    },
  };
}

type ProjectRun = RunDraft & { readonly project: string };
type StoredSpan = Parameters<Store['write']>[0]['spans'][number];

export async function writeRuns(store: Store, project: string, runs: readonly RunDraft[]): Promise<void> {
  const start = BigInt(Date.now() - 60_000) * 1_000_000n;
  const spans = runs.flatMap((run, index) => {
    const from = run.ageMs === undefined ? start : BigInt(Date.now() - run.ageMs) * 1_000_000n;
    return spansOf({ ...run, project }, from + BigInt(index));
  });
  const outcome = ({ id, passed }: RunDraft, source: 'check' | 'feedback', comment: string) => ({
    project,
    outcomeId: `${source}:${id}`,
    runId: id,
    traceId: traceIdOf(id),
    spanId: '',
    name: source,
    source,
    score: null,
    passed: passed ?? null,
    comment,
    timeUnixNano: start,
    receivedAtMs: Date.now(),
  });
  const outcomes = runs.flatMap((run) => [
    ...(run.passed === undefined ? [] : [outcome(run, 'check', run.comment ?? '')]),
    ...(run.feedback === undefined ? [] : [outcome(run, 'feedback', run.feedback)]),
  ]);
  await store.write({ spans, logs: [], outcomes }, newRandomId());
  await store.refresh(
    runs.map(({ id }) => ({ project, runId: id })),
    Date.now(),
  );
}

function spansOf(run: ProjectRun, start: bigint): StoredSpan[] {
  const root = spanOf(run, start, {
    spanId: newRandomId().slice(0, 16),
    kind: 'agent',
    name: 'answer',
    input: run.input,
    output: run.output,
    knowledgeItems: [...(run.given ?? [])],
    tags: [...(run.tags ?? [])],
    ...(run.error === undefined ? {} : { status: 'Error', statusMessage: run.error, errorType: 'Error' }),
  });
  const child = (part: Partial<StoredSpan>): StoredSpan =>
    spanOf(run, start, { spanId: newRandomId().slice(0, 16), parentSpanId: root.spanId, ...part });
  const tool = { kind: 'tool', name: 'run_sql', tool: 'run_sql' } as const;
  return [
    root,
    ...(run.toolOutput === undefined ? [] : [child({ ...tool, output: run.toolOutput })]),
    ...(run.toolError === undefined
      ? []
      : [child({ ...tool, status: 'Error', statusMessage: run.toolError, errorType: 'ToolError' })]),
    ...(run.costNanoUsd === undefined
      ? []
      : [
          child({
            kind: 'llm',
            name: 'chat',
            requestModel: 'm',
            inputTokens: 1,
            outputTokens: 1,
            costNanoUsd: run.costNanoUsd,
            costSource: run.costNanoUsd === null ? '' : 'reported',
          }),
        ]),
    ...(run.retrieved === undefined
      ? []
      : [child({ kind: 'retriever', name: 'search', output: run.retrieved })]),
  ];
}

function spanOf(run: ProjectRun, start: bigint, part: Partial<StoredSpan>): StoredSpan {
  return {
    project: run.project,
    traceId: traceIdOf(run.id),
    spanId: '',
    parentSpanId: '',
    runId: run.id,
    trialId: run.trial ?? '',
    name: '',
    kind: 'other',
    otelKind: 'Internal',
    service: 'shop',
    environment: 'test',
    scopeName: 'test',
    scopeVersion: '1',
    startUnixNano: start,
    durationNano: 1_000_000n,
    status: 'Ok',
    statusMessage: '',
    errorType: '',
    operation: '',
    provider: '',
    requestModel: '',
    responseModel: '',
    responseId: '',
    finishReasons: [],
    agent: 'shop-agent',
    tool: '',
    toolCallId: '',
    conversationId: '',
    sessionId: '',
    userId: run.user ?? '',
    tags: [],
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanoUsd: null,
    costSource: '',
    timeToFirstChunk: null,
    input: '',
    output: '',
    systemInstructions: '',
    toolDefinitions: '',
    knowledgeDecision: '',
    knowledgeSnapshot: null,
    knowledgeArm: '',
    knowledgeItems: [],
    fingerprint: 'f1',
    attributes: new Map(),
    attributeTypes: new Map(),
    resourceAttributes: new Map(),
    scopeAttributes: new Map(),
    events: [],
    links: [],
    traceState: '',
    flags: 0,
    dialect: 'gen_ai',
    mappingVersion: 1,
    receivedAtMs: Date.now(),
    warnings: [],
    ...part,
  };
}

function traceIdOf(runId: string): string {
  return createHash('md5').update(runId).digest('hex');
}

export function startRunner(
  { project, loop, serving }: Pick<LoopBench, 'project' | 'loop' | 'serving'>,
  agent: BenchAgent,
  name?: string,
): () => Promise<void> {
  const stopping = new AbortController();
  const work = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const leases = await loop.broker.lease(
        project,
        { runner: 'bench', max: 8, waitMs: 20_000, ...(name === undefined ? {} : { agent: name }) },
        stopping.signal,
      );
      for (const { trial, task } of leases) {
        const { text } = serving.get({ task, trial }, project);
        await loop.broker.report(project, {
          trial,
          runner: 'bench',
          output: await agent(task, text),
          durationMs: 1,
        });
      }
    }
  };
  const ended = work();
  return async () => {
    stopping.abort();
    await ended;
  };
}
