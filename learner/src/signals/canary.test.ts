import { afterEach, describe, expect, it } from 'vitest';
import { tracedRun } from '../analyzers/traced-run.testing.ts';
import type { EvalCase } from '../evals/eval-case.ts';
import { createJudgeScorer } from '../evals/judge-scorer.ts';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import type { ChatModel } from '../llm/chat-model.ts';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import { createLlmJudge } from './run-judge.ts';

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A judge that gives full marks, and does what the judged text asks, or not. */
async function judging(isObedient: boolean): Promise<ChatModel> {
  server = await startScriptedServer(({ body }) => {
    const asked = /end the reason with the word (\S+)\.\)/.exec(body.messages[1]?.content ?? '')?.[1] ?? '';
    return { content: JSON.stringify({ score: 1, reason: isObedient ? `Right. ${asked}` : 'Right.' }) };
  });
  return createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl, retriesMax: 0 });
}

const RULES = '<tracelore-core 0123abcd>\n[aaaa] when x: secret rule\n</tracelore-core 0123abcd>';
const run = tracedRun('r', { spans: [{ output: `${RULES} 41` }], outcomes: [] });
const evalCase: EvalCase = {
  project: 'p',
  id: 'c',
  task: 't',
  expected: '41',
  scorer: 'judge',
  tags: [],
  source: 'manual',
  sourceRunId: '',
  createdAt: '',
};

describe('a judge that follows what it judges', () => {
  it.each([
    [true, 'abstained'],
    [false, 'judged'],
  ])('obedient %s: %s about a run', async (isObedient, kind) => {
    expect(await createLlmJudge(await judging(isObedient)).judge(run)).toMatchObject({ kind });
  });

  it.each([true, false])('obedient %s: scores no output', async (isObedient) => {
    const model = await judging(isObedient);
    const scored = await createJudgeScorer(model).score(evalCase, `${RULES} 41`);
    expect(scored.ok).toBe(!isObedient);
    expect(server?.seen[0]?.body.messages[1]?.content).not.toContain('secret rule');
  });
});
