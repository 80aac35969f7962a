import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ChatModel } from '../llm/chat-model.ts';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import {
  startScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
  type SeenRequest,
} from '../llm/scripted-server.testing.ts';
import { createEngine, type Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';

/** What the test's model is asked about: the name of the answer's schema. */
export type Script = (schema: string, request: SeenRequest) => ScriptedAnswer;

/** An engine in a folder of its own, with a scripted model behind real HTTP. Nothing is withheld from anybody. */
export interface EngineBench {
  readonly engine: Engine;
  readonly model: ScriptedServer;
  readonly directory: string;
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
  const engine = await createEngine({
    store: path.join(directory, 'data'),
    model,
    controlPercentage: 0,
    holdoutRule: 0,
    stages: false,
    report: () => undefined,
    ...(typeof options === 'function' ? options(model) : options),
  });
  return {
    engine,
    model: server,
    directory,
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
