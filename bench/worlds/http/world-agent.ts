import { currentRun, getKnowledge, trace, type RunReference } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import { isJson } from '../../../examples/sql-agent/experiment/json.ts';
import type { Environment, Result } from '../domains/domain.ts';
import { WORLD_MODEL } from './world-model.ts';

/** An evaluation must not be spoilt by a busy machine: knowledge may take longer than in production, ms. */
const KNOWLEDGE_DEADLINE_MS = 10_000;
/** What is expected of every task, as JSON: the environment says whether it was reached. */
export const REACHED: string = JSON.stringify({ reached: true });

export interface WorldAnswer {
  /** {@link REACHED}, or what is wrong. */
  readonly text: string;
  readonly result: Result;
  /** The traced run; `undefined` when tracing is off. */
  readonly run: RunReference | undefined;
}

export type WorldAgent = (task: string) => Promise<WorldAnswer>;

/** An agent in three steps: look up what was learned, ask the model what to do, do it in the environment. */
export function createWorldAgent(name: string, modelUrl: string, environment: Environment): WorldAgent {
  const decide = trace(
    'decide',
    async (messages: readonly { role: string; content: string }[]): Promise<string> => {
      const response = await fetch(`${modelUrl}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: WORLD_MODEL, messages }),
      });
      if (!response.ok) throw new Error(`the model answered ${response.status}: ${await response.text()}`);
      return contentOf(await response.json());
    },
    { kind: 'llm', attributes: { [ATTR.provider]: 'openai', [ATTR.requestModel]: WORLD_MODEL } },
  );
  const act = trace('act', (action: string, task: string): Result => environment.execute(task, action), {
    kind: 'tool',
    output: ({ output }) => output,
  });
  return trace(
    name,
    async (task: string): Promise<WorldAnswer> => {
      const knowledge = await getKnowledge(task, { deadlineMs: KNOWLEDGE_DEADLINE_MS });
      const action = await decide([
        {
          role: 'system',
          content: `Do what you are asked.\n\nWhat was learned in earlier work:\n${knowledge}`,
        },
        { role: 'user', content: task },
      ]);
      const result = act(action, task);
      const text = result.score === 1 ? REACHED : JSON.stringify({ reached: false, why: result.comment });
      return { text, result, run: currentRun() };
    },
    { kind: 'agent', output: ({ text }) => text },
  );
}

function contentOf(completion: unknown): string {
  if (isJson(completion) && Array.isArray(completion['choices'])) {
    const [choice]: unknown[] = completion['choices'];
    const message = isJson(choice) ? choice['message'] : undefined;
    if (isJson(message) && typeof message['content'] === 'string') return message['content'];
  }
  throw new Error(`expected a chat completion, got ${JSON.stringify(completion).slice(0, 200)}`);
}
