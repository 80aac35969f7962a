import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoredOutcome } from '@tracelore/collector/store';
import { plainText } from '../analyzers/traced-run.ts';
import type { ChatModel } from '../llm/chat-model.ts';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
  type SeenRequest,
} from '../llm/scripted-server.testing.ts';
import { engineOn, type Engine } from './engine.ts';
import { openEngine } from './open-engine.ts';
import type { EngineOptions } from './engine-options.ts';

/** What the test's model is asked about: the name of the answer's schema. */
export type Script = (schema: string, request: SeenRequest) => ScriptedAnswer;

/** A run as it is stored. */
export interface StoredRun {
  readonly runId: string;
  readonly output: string;
  readonly arm: string;
  /** Rules that it was given. */
  readonly items: number;
  readonly spans: number;
  readonly outcome: StoredOutcome | null;
}

/** An engine in a folder of its own, with a scripted model behind real HTTP. Nothing is withheld from anybody. */
export interface EngineBench {
  readonly engine: Engine;
  readonly model: ScriptedServer;
  readonly directory: string;
  /** Runs without trials, newest first. */
  storedRuns(): Promise<readonly StoredRun[]>;
  close(): Promise<void>;
}

export async function openEngineBench(
  script: Script,
  options: EngineOptions | ((model: ChatModel) => EngineOptions) = {},
): Promise<EngineBench> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-engine-'));
  const server = await startScriptedServer((request) =>
    script(request.body.response_format?.json_schema?.name ?? '', request),
  );
  const model = createOpenAiChatModel({
    model: 'gpt-4o-mini',
    apiKey: 'k',
    baseUrl: server.baseUrl,
    retriesMax: 0,
  });
  const given: EngineOptions = {
    store: path.join(directory, 'data'),
    model,
    controlPercentage: 0,
    holdoutRule: 0,
    stages: false,
    report: () => undefined,
    ...(typeof options === 'function' ? options(model) : options),
  };
  const running = await openEngine(given);
  const engine = await engineOn(running, given);
  return {
    engine,
    model: server,
    directory,
    async storedRuns() {
      const { store, project } = running;
      const runs = await store.listRuns({ project, limit: 500 });
      return await Promise.all(
        runs.map(async ({ runId, rootSpanId, knowledgeArm, knowledgeItems, spans, outcome }) => {
          const recorded = await store.readRun(project, runId);
          const root = recorded.find(({ spanId }) => spanId === rootSpanId);
          const output = plainText(root?.output ?? '');
          return { runId, output, arm: knowledgeArm, items: knowledgeItems.length, spans, outcome };
        }),
      );
    },
    async close() {
      await engine.close();
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The judge's answer. */
export function verdict(score: number, reason: string = 'so it is'): ScriptedAnswer {
  return { content: JSON.stringify({ score, reason }) };
}
