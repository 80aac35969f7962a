import { afterEach, expect, it } from 'vitest';
import type { LessonVerdict } from '../../analyzers/lesson-gate.ts';
import { exampleRule } from '../../injectors/example-rule.testing.ts';
import { createOpenAiChatModel } from '../../llm/openai-chat-model.ts';
import { startScriptedServer, type ScriptedServer } from '../../llm/scripted-server.testing.ts';
import { compareWithServed, type ComparedLesson } from './compare-with-served.ts';
import { newPass, passRecord } from '../learn-pass.ts';

const inForce = exampleRule('Compensation needs the approval of a supervisor.', {
  appliesWhen: 'compensation',
});
const elsewhere = exampleRule('The week starts on Monday.', { appliesWhen: 'weekly reports' });

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A lesson compared by a model that says this about every pair. */
async function compared(content: string, judged: object, quarantine?: string): Promise<ComparedLesson> {
  server = await startScriptedServer(({ body }) => {
    const clauses = [...(body.messages[1]?.content ?? '').matchAll(/compensation: (.*)/g)].map(
      (match) => match[1],
    );
    const claim = (clause?: string): object => ({
      object: '',
      property: '',
      value: '',
      polarity: 'do',
      scope: '',
      clause,
    });
    const answer = {
      first: claim(clauses[0]),
      second: claim(clauses[1]),
      sameSubject: true,
      sameScope: true,
      ...judged,
    };
    return { content: JSON.stringify(answer) };
  });
  const verdict: LessonVerdict = {
    kind: 'candidate',
    text: { kind: 'skill', content, appliesWhen: 'compensation', tags: [] },
    evidence: [],
    taint: 'check',
    ...(quarantine === undefined ? {} : { quarantine }),
  };
  return await compareWithServed(verdict, {
    base: { served: () => [inForce, elsewhere] },
    record: passRecord(newPass('l', 'p', new Date())),
    comparer: createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl, retriesMax: 0 }),
    signal: new AbortController().signal,
  });
}

it('makes support of what says the same', async () => {
  const found = await compared('For compensation the approval of a supervisor is needed.', {
    sameClaim: true,
    compatible: true,
  });
  expect(found.verdict).toMatchObject({ kind: 'support', rule: { id: inForce.id } });
});

it('keeps what contradicts as a candidate that is tested in the place of the rule, and asks about no rule far from it', async () => {
  const found = await compared('The agent decides on compensation.', {
    sameClaim: false,
    compatible: false,
  });
  expect(found).toMatchObject({ verdict: { kind: 'candidate' }, conflictsWith: [inForce.id] });
  const prompts = server?.seen.map(({ body }) => body.messages[1]?.content ?? '') ?? [];
  expect(prompts).toHaveLength(2);
  expect(prompts.join()).not.toContain('Monday');
});

it('goes by the model where the words alone look like a contradiction', async () => {
  const found = await compared('Compensation does not need the approval of a supervisor.', {
    sameSubject: false,
    sameClaim: false,
    compatible: true,
  });
  expect(found).toMatchObject({ verdict: { kind: 'candidate' }, compatibleWith: [inForce.id] });
  expect(found.conflictsWith).toBeUndefined();
});

it('asks nothing about what waits for a person, and goes on when the model fails', async () => {
  const held = await compared(
    'The agent decides on compensation.',
    { sameClaim: true, compatible: true },
    'planted',
  );
  expect([held.verdict.kind, server?.seen.length]).toEqual(['candidate', 0]);
  await server?.close();
  const failed = await compared('The agent decides on compensation.', { sameClaim: 'perhaps' });
  expect(failed).toEqual({ verdict: expect.objectContaining({ kind: 'candidate' }) });
});
