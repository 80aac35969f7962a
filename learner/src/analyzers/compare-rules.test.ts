import { afterEach, describe, expect, it } from 'vitest';
import { createOpenAiChatModel } from '../llm/openai-chat-model.ts';
import { startScriptedServer, type ScriptedServer } from '../llm/scripted-server.testing.ts';
import { comparedRules, compareRules, type Comparison } from './compare-rules.ts';

const rule = (content: string): { content: string; appliesWhen: string } => ({
  content,
  appliesWhen: 'a customer asks for a refund',
});
const ALONE = rule('Agents decide on refunds alone.');
const APPROVED = rule('Refunds take the signature of a supervisor.');

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** What a model says about both rules, told the texts in the order in which it was shown them. */
type Answer = (texts: readonly string[], call: number) => object;

async function compared(
  a: typeof ALONE,
  b: typeof ALONE,
  answer: Answer,
): Promise<{ result: Comparison; prompts: string[] }> {
  server = await startScriptedServer(({ body }, call) => {
    const texts = [...(body.messages[1]?.content ?? '').matchAll(/refund: (.*)/g)].map(
      (match) => match[1] ?? '',
    );
    return { content: JSON.stringify(answer(texts, call)) };
  });
  const model = createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl, retriesMax: 0 });
  const result = await compareRules(model, a, b);
  return { result, prompts: server.seen.map(({ body }) => body.messages[1]?.content ?? '') };
}

const said = (clause: string, polarity: string = 'do'): object => ({
  object: 'refund',
  property: 'who decides',
  value: 'x',
  polarity,
  scope: 'always',
  clause,
});
const judged = (texts: readonly string[], part: object): object => ({
  first: said(texts[0] ?? ''),
  second: said(texts[1] ?? ''),
  sameSubject: true,
  sameScope: true,
  sameClaim: false,
  compatible: true,
  ...part,
});

describe('comparing rules with a model', () => {
  it('asks in both orders and quotes both rules as data', async () => {
    const { result, prompts } = await compared(ALONE, APPROVED, (texts) =>
      judged(texts, { compatible: false }),
    );
    expect(result).toMatchObject({ ok: true, relation: 'conflict', usage: { inputTokens: 200 } });
    expect(prompts.map((prompt) => prompt.indexOf('Agents') < prompt.indexOf('supervisor'))).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    ['same', (texts: readonly string[]) => judged(texts, { sameClaim: true })],
    ['different', (texts: readonly string[]) => judged(texts, { sameSubject: false, compatible: false })],
    ['different', (texts: readonly string[]) => judged(texts, {})],
    [
      'unsure',
      (texts: readonly string[]) =>
        judged(texts, { sameClaim: true, second: said(texts[1] ?? '', 'do not') }),
    ],
    [
      'unsure',
      (texts: readonly string[]) => judged(texts, { sameClaim: true, first: said('words of nobody') }),
    ],
    ['unsure', (texts: readonly string[], call: number) => judged(texts, { compatible: call === 0 })],
  ] as const)('finds them %s', async (relation, answer) => {
    expect((await compared(ALONE, APPROVED, answer)).result).toMatchObject({ ok: true, relation });
  });

  it('takes what the heuristic finds opposed for no duplicate, whatever the model says', async () => {
    const [april, july] = ['The fiscal year starts in April.', 'The fiscal year starts in July.'].map(rule);
    const { result } = await compared(april ?? ALONE, july ?? ALONE, (texts) =>
      judged(texts, { sameClaim: true }),
    );
    expect(result).toMatchObject({ relation: 'conflict' });
  });

  it('says so when the model does not answer', async () => {
    const { result } = await compared(ALONE, APPROVED, () => ({ nothing: 'asked for' }));
    expect(result).toMatchObject({ ok: false });
  });
});

it('compares with what is near, nearest first', () => {
  const near = rule('Agents decide on refunds themselves, alone.');
  const far = rule('The week starts on Monday.');
  expect(comparedRules(ALONE, [far, near, ALONE])).toEqual([ALONE, near]);
});
