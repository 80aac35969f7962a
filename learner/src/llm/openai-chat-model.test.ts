import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChatResult } from './chat-model.ts';
import { ANSWER_BYTES_MAX } from './bounded-fetch.ts';
import { createOpenAiChatModel, type OpenAiChatModelOptions } from './openai-chat-model.ts';
import { startScriptedServer, type ScriptedAnswer, type ScriptedServer } from './scripted-server.testing.ts';

const shape: z.ZodType<{ lesson: string }> = z.object({ lesson: z.string() });
const good: ScriptedAnswer = { content: '{"lesson":"use cents"}' };
let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ask(
  script: readonly ScriptedAnswer[],
  options: Partial<OpenAiChatModelOptions> = {},
  signal?: AbortSignal,
): Promise<ChatResult<{ lesson: string }>> {
  server = await startScriptedServer((_request, index) => script[Math.min(index, script.length - 1)] ?? good);
  const model = createOpenAiChatModel({
    model: 'm',
    apiKey: 'none',
    baseUrl: server.baseUrl,
    retriesMax: 0,
    ...options,
  });
  return model.complete({
    system: 'system text',
    user: 'user text',
    schemaName: 'lesson',
    schema: shape,
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('a chat model over HTTP', () => {
  it('asks for the schema and returns the checked value with its cost', async () => {
    const result = await ask([good]);
    expect(result).toEqual({
      ok: true,
      value: { lesson: 'use cents' },
      usage: { inputTokens: 100, outputTokens: 10 },
    });
    expect(server?.seen[0]?.body).toMatchObject({
      model: 'm',
      messages: [
        { role: 'system', content: 'system text' },
        { role: 'user', content: 'user text' },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'lesson',
          strict: true,
          schema: { required: ['lesson'], additionalProperties: false },
        },
      },
    });
  });

  it('falls back from json_schema to json_object to plain text, and remembers', async () => {
    server = await startScriptedServer((request) =>
      request.body.response_format === undefined
        ? { content: 'Sure! Here it is:\n```json\n{"lesson": "a } in a string"}\n```\nDone.' }
        : { status: 400 },
    );
    const model = createOpenAiChatModel({ model: 'm', apiKey: 'none', baseUrl: server.baseUrl });
    const request = { system: 's', user: 'u', schemaName: 'lesson', schema: shape };
    const first = await model.complete(request);
    const second = await model.complete(request);
    expect([first.ok && first.value, second.ok && second.value]).toEqual([
      { lesson: 'a } in a string' },
      { lesson: 'a } in a string' },
    ]);
    expect(server.seen.map((seen) => seen.body.response_format?.type)).toEqual([
      'json_schema',
      'json_object',
      undefined,
      undefined,
    ]);
    expect(server.seen[3]?.body.messages[0]?.content).toContain('"lesson"');
  });

  it('retries a 429 and a 503, obeying Retry-After', async () => {
    const soon = { 'retry-after-ms': '1' };
    const result = await ask([{ status: 429, headers: soon }, { status: 503, headers: soon }, good], {
      retriesMax: 2,
    });
    expect(result.ok).toBe(true);
    expect(server?.seen).toHaveLength(3);
  });

  it.each([
    ['garbage', [{ content: 'I cannot say.' }]],
    ['garbage', [{ content: '{"other": 1}' }]],
    ['garbage', [{ content: '{"lesson": "cut of', finishReason: 'length' }]],
    ['garbage', [{ raw: '<html>' }]],
    ['garbage', [{ raw: '{}' }]],
    ['garbage', [{ content: '' }]],
    ['garbage', [{ raw: '{"choices": [{"message": {"content": "{' }]],
    ['refused', [{ content: '', refusal: 'no' }]],
    ['refused', [{ status: 401 }]],
    ['refused', [{ status: 400 }]],
    ['rate_limited', [{ status: 429 }]],
    ['unavailable', [{ status: 500 }]],
  ] satisfies [string, ScriptedAnswer[]][])('reports %s as a value for %j', async (failure, script) => {
    const result = await ask(script);
    expect(result).toMatchObject({ ok: false, failure });
  });

  it('reads no more of an endless answer than it can hold', async () => {
    const result = await ask([{ content: `"${'x'.repeat(ANSWER_BYTES_MAX)}"` }]);
    expect(result).toMatchObject({
      ok: false,
      failure: 'garbage',
      message: expect.stringContaining(`larger than ${ANSWER_BYTES_MAX} bytes`),
    });
  });

  it('counts what a useless answer cost', async () => {
    const result = await ask([{ content: 'nonsense' }]);
    expect(result.usage).toEqual({ inputTokens: 100, outputTokens: 10 });
  });

  it('gives up on a server that does not answer', async () => {
    const result = await ask(['hang'], { timeoutMs: 20 });
    expect(result).toMatchObject({ ok: false, failure: 'timeout' });
  });

  it('gives up on a server that is not there', async () => {
    const model = createOpenAiChatModel({
      model: 'm',
      apiKey: 'k',
      baseUrl: 'http://127.0.0.1:9/v1',
      retriesMax: 0,
    });
    const result = await model.complete({ system: 's', user: 'u', schemaName: 'x', schema: shape });
    expect(result).toMatchObject({ ok: false, failure: 'unavailable' });
  });

  it('stops when the caller cancels, also while waiting for a retry', async () => {
    const controller = new AbortController();
    server = await startScriptedServer(() => {
      setImmediate(() => controller.abort());
      return { status: 429, headers: { 'retry-after': '30' } };
    });
    const model = createOpenAiChatModel({ model: 'm', apiKey: 'k', baseUrl: server.baseUrl });
    const result = await model.complete({
      system: 's',
      user: 'u',
      schemaName: 'x',
      schema: shape,
      signal: controller.signal,
    });
    expect(result).toMatchObject({ ok: false, failure: 'cancelled' });
  });
});
