import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { oracleAdvice } from '../experiment/oracle.ts';
import { VOCABULARY } from '../language/recognisers.ts';
import { NAIVE, type Beliefs } from '../world/conventions.ts';
import { readQuestion } from '../world/question.ts';
import { sqlFor } from '../world/sql.ts';
import { SIMULATED_MODEL, startModelServer, type ModelServer } from './server.ts';

const TRUTH: Beliefs = {
  removed: 'X',
  unit: '100',
  status: 'void',
  tests: 'qa',
  visitors: 'cookie',
  missing: '2',
  weight: 'comma',
  fiscal: '07',
  branch: 'case',
};
const QUESTION = 'How many customers in the retail sector joined us?';

function expectedSql(removed: string): string {
  const question = readQuestion(QUESTION);
  if (question === undefined) throw new Error('not a question');
  return sqlFor(question, { ...TRUTH, removed });
}

describe('the model server', () => {
  let server: ModelServer;
  let client: OpenAI;
  beforeAll(async () => {
    server = await startModelServer({ seed: 1, truth: TRUTH, vocabulary: VOCABULARY });
    client = new OpenAI({ apiKey: 'any', baseURL: server.url, maxRetries: 0 });
  });
  afterAll(() => server.close());

  const ask = async (system: string): Promise<string> => {
    const completion = await client.chat.completions.create({
      model: SIMULATED_MODEL,
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: QUESTION },
      ],
    });
    return completion.choices[0]?.message.content ?? '';
  };

  test('answers a question with SQL, by what the prompt says', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(oracleAdvice(TRUTH))));
    expect(answers.filter((answer) => answer === expectedSql('X')).length).toBeGreaterThan(8);
  });

  test('repeated prompts vary', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask('')));
    expect(new Set(answers).size).toBeGreaterThan(1);
    expect(answers).toContain(expectedSql(NAIVE));
  });

  test('a completion has an id, the model and its usage', async () => {
    const completion = await client.chat.completions.create({
      model: 'any-name',
      messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }] }],
    });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model: 'any-name',
      choices: [{ finish_reason: 'stop', message: { role: 'assistant' } }],
    });
    expect(completion.id).toMatch(/^chatcmpl-/);
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(0);
    expect(completion.usage?.completion_tokens).toBeGreaterThan(0);
  });

  test('streams the same kind of answer in pieces, with usage when asked', async () => {
    const stream = await client.chat.completions.create({
      model: SIMULATED_MODEL,
      messages: [{ role: 'user', content: QUESTION }],
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let pieces = 0;
    let tokens = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      pieces += 1;
      tokens += chunk.usage?.completion_tokens ?? 0;
    }
    expect(text).toMatch(/^SELECT COUNT\(\*\) FROM customers/);
    expect(pieces).toBeGreaterThan(3);
    expect(tokens).toBeGreaterThan(0);
  });

  test('writes lessons when their JSON schema is asked for', async () => {
    const run = `<run label="R1" verdict="failed" agent="a"><span label="S1" kind="agent" name="a"><input>${QUESTION}</input><output>${expectedSql(NAIVE)}</output></span><outcome source="check">expected rows [[1]], got [[2]]</outcome></run>`;
    const completion = await client.chat.completions.create({
      model: SIMULATED_MODEL,
      messages: [{ role: 'user', content: run }],
      response_format: { type: 'json_schema', json_schema: { name: 'lessons', schema: {} } },
    });
    expect(JSON.parse(completion.choices[0]?.message.content ?? '')).toMatchObject({
      lessons: [
        { evidence: [{ span: 'S1', field: 'output', quote: expectedSql(NAIVE) }, { field: 'outcome' }] },
      ],
    });
  });

  test('says so when it does not understand', async () => {
    const completion = await client.chat.completions.create({
      model: SIMULATED_MODEL,
      messages: [{ role: 'user', content: 'Tell me a joke.' }],
    });
    expect(completion.choices[0]?.message.content).toBe('I cannot answer this.');
  });

  test('embeds texts: alike texts have near vectors', async () => {
    const { data } = await client.embeddings.create({
      model: SIMULATED_MODEL,
      input: ['invoices of a channel', 'the invoices of one channel', 'parcel weight', ''],
      encoding_format: 'float',
    });
    const dot = (a: number, b: number): number =>
      (data[a]?.embedding ?? []).reduce((sum, value, at) => sum + value * (data[b]?.embedding[at] ?? 0), 0);
    expect(dot(0, 0)).toBeCloseTo(1);
    expect(dot(0, 1)).toBeGreaterThan(dot(0, 2) + 0.3);
    expect(dot(3, 3)).toBe(0);
  });

  test('lists its model', async () => {
    const models = await client.models.list();
    expect(models.data.map((model) => model.id)).toEqual([SIMULATED_MODEL]);
  });

  test('refuses what is no request, in the shape of the protocol', async () => {
    const refused = async (path: string, body: unknown): Promise<unknown> =>
      client.post(path, { body }).catch((error: unknown) => error);
    expect(await refused('/chat/completions', { model: 'm', messages: [] })).toMatchObject({ status: 400 });
    expect(await refused('/chat/completions', { messages: [{ role: 'user', content: 'x' }] })).toBeInstanceOf(
      APIError,
    );
    expect(await refused('/nothing', {})).toMatchObject({ status: 404 });
    const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body: '{' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'the body is not JSON' } });
  });
});
