import { setFlagsFromString } from 'node:v8';
import { setImmediate as turn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';

import { HumanMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, type ReceivedSpan, type SpanCapture } from '@tracelore/sdk/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import {
  type ModelReply,
  type ScriptedModel,
  startScriptedModel,
} from '../testing/scripted-model.testing.ts';
import { scriptedChat, startWeatherAgent } from '../testing/weather-agent.testing.ts';
import { instrumentLangChain, tracelore, type Uninstall } from './index.ts';
import { runs } from './run-book.ts';

let spans: SpanCapture;
let model: ScriptedModel;
let uninstall: Uninstall;
let reply: ModelReply;
/** Lets a held answer go on. LangChain's streams wait for the piece they asked for before they can be left. */
let release: () => void;

beforeEach(async () => {
  spans = captureSpans({ apiUrl: 'http://127.0.0.1:9' });
  reply = { text: 'one two three' };
  release = () => {};
  model = await startScriptedModel(() => reply);
  uninstall = instrumentLangChain();
});

afterEach(async () => {
  uninstall();
  spans.stop();
  await model.close();
});

const QUESTION = { messages: [new HumanMessage('count')] };

function hold(): void {
  reply = { text: 'one two three', hold: new Promise<void>((resolve) => (release = resolve)) };
}

/** Waits until so many spans of a name have ended; every one that ends twice would be one too many. */
async function ended(name: string, count: number = 1): Promise<ReceivedSpan[]> {
  for (let round = 0; round < 100_000; round += 1) {
    const found = spans.spans.filter((span) => span.name === name);
    if (found.length >= count) return found;
    await turn();
  }
  throw new Error(`expected ${count} ended spans named ${name}`);
}

function outputOf(span: ReceivedSpan | undefined): unknown {
  const json = span?.attributes[ATTR.outputMessages];
  const output: unknown = typeof json === 'string' ? JSON.parse(json) : undefined;
  return output;
}

describe('a streamed model call', () => {
  test('read to its end: same chunks, same facts as a plain call, and the time to the first chunk', async () => {
    const chunks: string[] = [];
    for await (const chunk of await scriptedChat(model.url).stream('count')) chunks.push(chunk.text);
    expect(chunks.filter((chunk) => chunk !== '')).toStrictEqual(['one ', 'two ', 'three']);
    const { attributes, parentSpanId } = spans.span('chat gpt-test');
    expect(parentSpanId).toBe('');
    expect(attributes).toMatchObject({
      [ATTR.inputTokens]: 20,
      [ATTR.outputTokens]: 8,
      [ATTR.cacheReadTokens]: 5,
      [ATTR.reasoningTokens]: 3,
      [ATTR.responseId]: 'chatcmpl-1',
      [ATTR.responseModel]: 'gpt-test-2026',
      [ATTR.finishReasons]: ['stop'],
      [ATTR.timeToFirstChunk]: expect.any(Number),
    });
    expect(outputOf(spans.span('chat gpt-test'))).toStrictEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'one two three' }] },
    ]);
  });

  test('left by its consumer: one span, marked abandoned, with what had come', async () => {
    hold();
    for await (const chunk of await scriptedChat(model.url).stream('count')) {
      if (chunk.text === '') continue;
      release();
      break;
    }
    const [span, ...more] = await ended('chat gpt-test');
    expect(more).toStrictEqual([]);
    expect(span?.attributes[ATTR.endReason]).toBe('abandoned');
    expect(span?.attributes[ATTR.finishReasons]).toStrictEqual(['error']);
    expect(span?.status).toBe('unset');
    expect(outputOf(span)).toStrictEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'one ' }] }]);
  });

  test("whose consumer throws: the same, and the error is the consumer's own", async () => {
    hold();
    const own = new Error('consumer');
    const consume = async (): Promise<void> => {
      for await (const chunk of await scriptedChat(model.url).stream('count')) {
        if (chunk.text === '') continue;
        release();
        throw own;
      }
    };
    await expect(consume()).rejects.toBe(own);
    expect((await ended('chat gpt-test'))[0]?.attributes[ATTR.endReason]).toBe('abandoned');
  });

  test('cancelled as a web stream: abandoned', async () => {
    hold();
    const stream = await scriptedChat(model.url).stream('count');
    release();
    await stream.cancel();
    expect((await ended('chat gpt-test'))[0]?.attributes[ATTR.endReason]).toBe('abandoned');
  });

  test('aborted: one failed span, and the error reaches the consumer', async () => {
    hold();
    const abort = new AbortController();
    const consume = async (): Promise<void> => {
      const stream = await scriptedChat(model.url).stream('count', { signal: abort.signal });
      for await (const chunk of stream) if (chunk.text !== '') abort.abort();
    };
    await expect(consume()).rejects.toThrow(/abort/iu);
    const [span] = await ended('chat gpt-test');
    expect(span?.status).toBe('error');
    expect(span?.attributes[ATTR.finishReasons]).toStrictEqual(['error']);
  });

  test('cut by the network: one failed span with what had come', async () => {
    reply = { text: 'one two three', cutAfter: 2 };
    const consume = async (): Promise<void> => {
      for await (const chunk of await scriptedChat(model.url).stream('count')) void chunk;
    };
    await expect(consume()).rejects.toThrow(/./u);
    const [span] = await ended('chat gpt-test');
    expect(span?.status).toBe('error');
    expect(outputOf(span)).toStrictEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'one two ' }] },
    ]);
  });

  test('left in a sequence: every span of it ends', async () => {
    hold();
    const sequence = RunnableLambda.from((text: string) => text).pipe(scriptedChat(model.url));
    for await (const chunk of await sequence.stream('count')) {
      if (chunk.text === '') continue;
      release();
      break;
    }
    expect((await ended('chat gpt-test'))[0]?.attributes[ATTR.endReason]).toBe('abandoned');
    expect((await ended('invoke_workflow RunnableSequence'))[0]?.attributes[ATTR.endReason]).toBe(
      'abandoned',
    );
  });

  test('dropped without a word: ends when it is collected', async () => {
    hold();
    uninstall();
    setFlagsFromString('--expose_gc');
    const collect: unknown = runInNewContext('gc');
    const drop = async (): Promise<void> => {
      const stream = await scriptedChat(model.url).stream('count', { callbacks: [tracelore()] });
      await stream.next();
      release();
      await stream.return();
    };
    await drop();
    for (let round = 0; round < 2_000 && spans.spans.length === 0; round += 1) {
      if (typeof collect === 'function') collect();
      await turn();
    }
    expect(spans.span('chat gpt-test').attributes[ATTR.endReason]).toBe('abandoned');
  });
});

describe('a streamed agent', () => {
  test('read to its end is one tree with the same chunks as without us', async () => {
    const read = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      const stream = await startWeatherAgent(model.url, []).stream(QUESTION, { streamMode: 'updates' });
      for await (const chunk of stream) seen.push(Object.keys(chunk));
      return seen;
    };
    const traced = await read();
    uninstall();
    expect(await read()).toStrictEqual(traced);
    const root = spans.span('invoke_agent weatherman');
    expect(spans.children(root).map((span) => span.name)).toStrictEqual(['chat gpt-test']);
    expect(outputOf(root)).toMatchObject([{ parts: [{ type: 'text', content: 'one two three' }] }]);
  });

  test('left by its consumer: the root ends at once, the model call when it is done', async () => {
    hold();
    const stream = await startWeatherAgent(model.url, []).stream(QUESTION, { streamMode: 'messages' });
    for await (const chunk of stream) {
      void chunk;
      break;
    }
    const [root] = await ended('invoke_agent weatherman');
    expect(root?.attributes[ATTR.endReason]).toBe('abandoned');
    expect(spans.spans.some((span) => span.name === 'chat gpt-test')).toBe(false);
    release();
    const [call, ...more] = await ended('chat gpt-test');
    expect(more).toStrictEqual([]);
    expect(call?.attributes[ATTR.inputTokens]).toBe(20);
    expect(call?.parentSpanId).toBe(root?.spanId);
    expect(call?.attributes[ATTR.runId]).toBe(root?.attributes[ATTR.runId]);
  });

  test('aborted: every span of it fails', async () => {
    hold();
    const abort = new AbortController();
    const consume = async (): Promise<void> => {
      const agent = startWeatherAgent(model.url, []);
      const stream = await agent.stream(QUESTION, { streamMode: 'messages', signal: abort.signal });
      for await (const chunk of stream) {
        void chunk;
        abort.abort();
        release();
      }
    };
    await expect(consume()).rejects.toThrow(/abort/iu);
    const [root] = await ended('invoke_agent weatherman');
    const [call] = await ended('chat gpt-test');
    expect([root?.status, call?.status]).toStrictEqual(['error', 'error']);
  });

  test('cut by the network: the model call and the agent fail with the error the consumer gets', async () => {
    const open = runs.size;
    reply = { text: 'one two three', cutAfter: 1 };
    const consume = async (): Promise<void> => {
      const stream = await startWeatherAgent(model.url, []).stream(QUESTION, { streamMode: 'messages' });
      for await (const chunk of stream) void chunk;
    };
    await expect(consume()).rejects.toThrow(/./u);
    const [root] = await ended('invoke_agent weatherman');
    const [call] = await ended('chat gpt-test');
    expect([root?.status, call?.status]).toStrictEqual(['error', 'error']);
    expect(outputOf(call)).toStrictEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'one ' }] }]);
    expect(runs.size).toBeLessThanOrEqual(open);
  });
});
