import { createRequire } from 'node:module';

import { CallbackManager } from '@langchain/core/callbacks/manager';
import { HumanMessage } from '@langchain/core/messages';
import * as runnables from '@langchain/core/runnables';
import { AsyncLocalStorageProviderSingleton } from '@langchain/core/singletons';
import { StructuredTool } from '@langchain/core/tools';
import { IterableReadableStream } from '@langchain/core/utils/stream';
import * as testing from '@langchain/core/utils/testing';
import { captureSpans, type FakeService, type SpanCapture, startFakeService } from '@tracelore/sdk/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { serveRule } from '../testing/knowledge.testing.ts';
import {
  type ModelReply,
  type ScriptedModel,
  startScriptedModel,
} from '../testing/scripted-model.testing.ts';
import { scriptedChat, startWeatherAgent } from '../testing/weather-agent.testing.ts';
import { coreCopies } from './core-copies.ts';
import { instrumentLangChain, traceloreMiddleware } from './index.ts';
import { installInto } from './install.ts';

let service: FakeService;
let model: ScriptedModel;
let spans: SpanCapture;
let reply: ModelReply;

beforeEach(async () => {
  service = await startFakeService();
  serveRule(service);
  spans = captureSpans({ apiUrl: service.url, knowledgeDeadlineMs: 20 });
  reply = { text: 'fine' };
  model = await startScriptedModel(() => reply);
});

afterEach(async () => {
  instrumentLangChain()();
  spans.stop();
  await model.close();
  await service.close();
});

const QUESTION = { messages: [new HumanMessage('Weather in Paris?')] };

/** Every method of LangChain's that is patched, where it stands. */
function patchedMethods(): readonly unknown[] {
  const own = (target: object, key: string): unknown =>
    Object.getOwnPropertyDescriptor(target, key)?.value ?? 'inherited';
  return [
    own(CallbackManager, '_configureSync'),
    own(AsyncLocalStorageProviderSingleton, 'runWithConfig'),
    own(StructuredTool.prototype, 'call'),
    own(runnables.Runnable.prototype, 'stream'),
    own(runnables.RunnableBinding.prototype, 'stream'),
    own(IterableReadableStream.prototype, 'return'),
    own(IterableReadableStream.prototype, 'throw'),
  ];
}

describe('installing', () => {
  test('patches, and uninstalling restores the very same methods', () => {
    const before = patchedMethods();
    const uninstall = instrumentLangChain();
    const during = patchedMethods();
    expect(during.every((method, index) => method !== before[index])).toBe(true);
    uninstall();
    expect(patchedMethods()).toStrictEqual(before);
    uninstall();
    expect(patchedMethods()).toStrictEqual(before);
  });

  test('twice is once', async () => {
    const before = patchedMethods();
    const uninstall = instrumentLangChain();
    const during = patchedMethods();
    instrumentLangChain();
    expect(patchedMethods()).toStrictEqual(during);
    await scriptedChat(model.url).invoke('hi');
    expect(spans.spans).toHaveLength(1);
    uninstall();
    expect(patchedMethods()).toStrictEqual(before);
  });

  test('into a version outside the tested range warns with version and range and patches nothing', () => {
    const before = patchedMethods();
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      installInto(
        coreCopies().map((copy) => ({ ...copy, version: '9.1.0' })),
        {},
      );
      expect(patchedMethods()).toStrictEqual(before);
      expect(warn.mock.calls.map(([message]) => message)).toStrictEqual([
        expect.stringMatching(/@langchain\/core 9\.1\.0 .*>=1\.2\.0 <2/u),
      ]);
    } finally {
      warn.mockRestore();
    }
  });

  test('reaches the CommonJS copy of LangChain too, once it is loaded', async () => {
    const require = createRequire(import.meta.url);
    const { FakeListChatModel }: typeof testing = require('@langchain/core/utils/testing');
    expect(FakeListChatModel).not.toBe(testing.FakeListChatModel);
    instrumentLangChain();
    await new FakeListChatModel({ responses: ['required'] }).invoke('hi');
    expect(spans.spans.map((span) => span.attributes['gen_ai.operation.name'])).toStrictEqual(['chat']);
  });
});

describe('whatever happens to us, the host sees what it would see without us', () => {
  /** Result and requests of a run, ids and times aside. */
  async function observed(traced: boolean): Promise<unknown> {
    const middleware = traced ? [traceloreMiddleware()] : [];
    const uninstall = traced ? instrumentLangChain() : (): void => {};
    const first = model.requests.length;
    const agent = startWeatherAgent(model.url, middleware);
    const outcome = await agent.invoke(QUESTION).then(messagesOf, errorOf);
    uninstall();
    return [outcome, model.requests.slice(first).map((request) => request.body)];
  }

  function messagesOf(result: { messages: { type: string; content: unknown }[] }): unknown {
    return result.messages.map((message) => [message.type, message.content]);
  }

  /** LangChain itself puts errors that pass any middleware into a `MiddlewareError`, the original as its cause. */
  function errorOf(error: unknown): unknown {
    const original = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return original instanceof Error ? [original.constructor.name, original.message] : original;
  }

  test('get_knowledge fails', async () => {
    service.answerWith((request) => (request.path === '/v1/knowledge/get' ? { status: 500 } : undefined));
    expect(await observed(true)).toStrictEqual(await observed(false));
  });

  test('get_knowledge never answers', async () => {
    service.answerWith((request) =>
      request.path === '/v1/knowledge/get' ? new Promise(() => {}) : undefined,
    );
    expect(await observed(true)).toStrictEqual(await observed(false));
  });

  test('the model refuses: the same error', async () => {
    service.serveKnowledge(() => ({ text: '', items: [], decision: 'd', snapshot: 1, arm: 'abstained' }));
    reply = { status: 400 };
    const traced = await observed(true);
    expect(traced).toStrictEqual(await observed(false));
    const call = spans.span('chat gpt-test');
    expect(call.status).toBe('error');
    expect(call.attributes['gen_ai.response.finish_reasons']).toStrictEqual(['error']);
    expect(spans.span('invoke_agent weatherman').status).toBe('error');
  });

  test('the model calls a tool that fails: the model is told, as without us', async () => {
    service.serveKnowledge(() => ({ text: '', items: [], decision: 'd', snapshot: 1, arm: 'abstained' }));
    const failing = async (traced: boolean): Promise<unknown> => {
      let calls = 0;
      const server = await startScriptedModel(() => {
        calls += 1;
        return calls === 1
          ? { toolCalls: [{ id: 'c', name: 'get_weather', args: { city: 'Nowhere' } }] }
          : { text: 'sorry' };
      });
      const uninstall = traced ? instrumentLangChain() : (): void => {};
      const result = await startWeatherAgent(server.url, traced ? [traceloreMiddleware()] : []).invoke(
        QUESTION,
      );
      uninstall();
      const seen = [
        result.messages.map((message) => message.content),
        server.requests.map(({ body }) => body),
      ];
      await server.close();
      return seen;
    };
    expect(await failing(true)).toStrictEqual(await failing(false));
  });

  test('an application that gives us throwing options', async () => {
    const uninstall = instrumentLangChain();
    const task = (): string => {
      throw new Error('theirs');
    };
    const result = await startWeatherAgent(model.url, [traceloreMiddleware({ task })]).invoke(QUESTION);
    uninstall();
    expect(result.messages.at(-1)?.content).toBe('fine');
    expect(service.bodies('/v1/knowledge/get')).toStrictEqual([]);
  });

  test('messages whose content cannot be read', async () => {
    const uninstall = instrumentLangChain();
    const message = new HumanMessage('hello');
    Object.defineProperty(message, 'name', {
      get: () => {
        throw new Error('trap');
      },
    });
    const answer = await runnables.RunnableLambda.from(() => 'ok').invoke({ messages: [message] });
    uninstall();
    expect(answer).toBe('ok');
  });

  test('the SDK is switched off', async () => {
    spans.stop();
    spans = captureSpans({ apiUrl: service.url, disabled: true });
    expect(await observed(true)).toStrictEqual(await observed(false));
    expect(spans.spans).toStrictEqual([]);
  });
});

test('retries: the model span stands for the call, failed attempts included', async () => {
  let calls = 0;
  const flaky = await startScriptedModel(() => {
    calls += 1;
    return calls === 1 ? { status: 500 } : { text: 'fine' };
  });
  const uninstall = instrumentLangChain();
  const answer = await scriptedChat(flaky.url, { maxRetries: 2 }).invoke('hi');
  uninstall();
  await flaky.close();
  expect(answer.content).toBe('fine');
  expect(flaky.requests).toHaveLength(2);
  expect(spans.spans).toHaveLength(1);
});
