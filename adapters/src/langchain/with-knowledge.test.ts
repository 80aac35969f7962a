import { HumanMessage, SystemMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { tool } from '@langchain/core/tools';
import { MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { getKnowledge, trace } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, type FakeService, type SpanCapture, startFakeService } from '@tracelore/sdk/testing';
import { createAgent } from 'langchain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';

import { RULE_TEXT, serveRule } from '../testing/knowledge.testing.ts';
import {
  type ModelReply,
  type ScriptedModel,
  startScriptedModel,
} from '../testing/scripted-model.testing.ts';
import { scriptedChat } from '../testing/weather-agent.testing.ts';
import { instrumentLangChain, traceloreMiddleware, type Uninstall, withKnowledge } from './index.ts';

let service: FakeService;
let model: ScriptedModel;
let spans: SpanCapture;
let uninstall: Uninstall;
let reply: (messages: readonly Readonly<Record<string, unknown>>[]) => ModelReply;

beforeEach(async () => {
  service = await startFakeService();
  serveRule(service);
  spans = captureSpans({ apiUrl: service.url, knowledgeDeadlineMs: 10_000 });
  reply = () => ({ text: 'It is sunny.' });
  model = await startScriptedModel(({ messages }) => reply(messages));
  uninstall = instrumentLangChain();
});

afterEach(async () => {
  uninstall();
  spans.stop();
  await model.close();
  await service.close();
});

const ADVICE = { role: 'system', content: [{ type: 'text', text: RULE_TEXT }] };
const ADVISED = {
  role: 'system',
  content: [
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: RULE_TEXT },
  ],
};
const CONVERSATION = [new SystemMessage('Be brief.'), new HumanMessage('Weather?')];

function sent(call: number): unknown {
  return model.requests[call]?.messages;
}

describe('a plain model', () => {
  test('gets the text behind its system message, in a run of its own', async () => {
    const answer = await withKnowledge(scriptedChat(model.url)).invoke(CONVERSATION);
    expect(answer.content).toBe('It is sunny.');
    expect(sent(0)).toStrictEqual([ADVISED, { role: 'user', content: 'Weather?' }]);
    const root = spans.span('gpt-test');
    expect(root.parentSpanId).toBe('');
    expect(root.attributes[ATTR.knowledgeItems]).toStrictEqual(['rule0001@2']);
    expect(spans.children(root).map((span) => span.name)).toStrictEqual(['search_memory', 'chat gpt-test']);
    expect(spans.span('chat gpt-test').attributes[ATTR.knowledgeItems]).toStrictEqual(['rule0001@2']);
    expect(JSON.parse(String(root.attributes[ATTR.outputMessages]))).toStrictEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'It is sunny.' }] },
    ]);
  });

  test('is a plain child where a run is active', async () => {
    const ask = trace('ask', async () => withKnowledge(scriptedChat(model.url)).invoke('Weather?'));
    await ask();
    expect(sent(0)).toStrictEqual([ADVICE, { role: 'user', content: 'Weather?' }]);
    expect(spans.children(spans.span('ask')).map((span) => span.name)).toStrictEqual([
      'search_memory',
      'chat gpt-test',
    ]);
  });

  test('is the same model in every other respect', async () => {
    const plain = scriptedChat(model.url);
    const wrapped = withKnowledge(plain);
    expect(wrapped).toBeInstanceOf(plain.constructor);
    expect(wrapped.model).toBe(plain.model);
    expect(wrapped.toJSON()).toStrictEqual(plain.toJSON());
  });

  test('streams its chunks as they come', async () => {
    const chunks: string[] = [];
    for await (const chunk of await withKnowledge(scriptedChat(model.url)).stream(CONVERSATION)) {
      if (chunk.text !== '') chunks.push(chunk.text);
    }
    expect(chunks).toStrictEqual(['It ', 'is ', 'sunny.']);
    expect(sent(0)).toStrictEqual([ADVISED, { role: 'user', content: 'Weather?' }]);
    expect(spans.span('gpt-test').attributes[ATTR.knowledgeArm]).toBe('served');
    expect(spans.span('chat gpt-test').parentSpanId).toBe(spans.span('gpt-test').spanId);
  });

  test('keeps the very input where there is no text', async () => {
    service.serveKnowledge(() => ({ text: '', items: [], decision: 'd', snapshot: 1, arm: 'abstained' }));
    await withKnowledge(scriptedChat(model.url)).invoke(CONVERSATION);
    await scriptedChat(model.url).invoke(CONVERSATION);
    expect(JSON.stringify(model.requests[0]?.body)).toBe(JSON.stringify(model.requests[1]?.body));
  });

  test('passes its own errors on, unchanged', async () => {
    reply = () => ({ status: 400 });
    /** Its class, message and status; the rest has the time of the answer. */
    const failure = async (call: Promise<unknown>): Promise<unknown> => {
      const error: unknown = await call.catch((reason: unknown) => reason);
      return error instanceof Error
        ? [error.constructor, error.message, Reflect.get(error, 'status')]
        : error;
    };
    const plain = await failure(scriptedChat(model.url).invoke('hi'));
    expect(plain).toStrictEqual([expect.any(Function), '400 scripted 400', 400]);
    expect(await failure(withKnowledge(scriptedChat(model.url)).invoke('hi'))).toStrictEqual(plain);
    const agent = createAgent({ model: withKnowledge(scriptedChat(model.url)), tools: [] });
    expect(await failure(agent.invoke({ messages: ['hi'] }))).toStrictEqual(plain);
  });
});

describe('what is made from the model keeps the injection', () => {
  const noop = tool(() => '', { name: 'noop', description: 'nothing', schema: z.object({}) });

  test.for([
    ['bound before', () => withKnowledge(scriptedChat(model.url).bindTools([noop]))],
    ['bound after', () => withKnowledge(scriptedChat(model.url)).bindTools([noop])],
    ['configured', () => withKnowledge(scriptedChat(model.url)).withConfig({ tags: ['x'] })],
    ['retrying', () => withKnowledge(scriptedChat(model.url)).withRetry()],
  ] as const)('%s: invoked, streamed and in batches', async ([, make]) => {
    const made = make();
    await made.invoke(CONVERSATION);
    for await (const chunk of await made.stream(CONVERSATION)) void chunk;
    await made.batch([CONVERSATION, CONVERSATION]);
    expect(model.requests).toHaveLength(4);
    for (const request of model.requests) expect(request.messages[0]).toStrictEqual(ADVISED);
  });

  test('in a sequence, invoked and streamed', async () => {
    const prompt = ChatPromptTemplate.fromMessages([
      ['system', 'Be brief.'],
      ['human', '{question}'],
    ]);
    const sequence = prompt.pipe(withKnowledge(scriptedChat(model.url)));
    await sequence.invoke({ question: 'Weather?' });
    const chunks: string[] = [];
    for await (const chunk of await sequence.stream({ question: 'Weather?' })) chunks.push(chunk.text);
    expect(chunks.join('')).toBe('It is sunny.');
    expect(model.requests.map((request) => request.messages[0])).toStrictEqual([ADVISED, ADVISED]);
    const roots = spans.spans.filter((span) => span.name === 'invoke_workflow RunnableSequence');
    expect(roots.map((span) => span.attributes[ATTR.knowledgeItems])).toStrictEqual([
      ['rule0001@2'],
      ['rule0001@2'],
    ]);
  });

  test('in structured output', async () => {
    reply = () => ({ text: '{"sky":"sunny"}' });
    const structured = withKnowledge(scriptedChat(model.url)).withStructuredOutput(
      z.object({ sky: z.string() }),
      { method: 'jsonMode' },
    );
    expect(await structured.invoke(CONVERSATION)).toStrictEqual({ sky: 'sunny' });
    expect(model.requests[0]?.messages[0]).toStrictEqual(ADVISED);
  });
});

describe('attribution', () => {
  test("a graph of one's own: asked once per run, on the model spans and the root", async () => {
    const chat = withKnowledge(scriptedChat(model.url));
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('first', async ({ messages }) => ({ messages: [await chat.invoke(messages)] }))
      .addNode('second', async ({ messages }) => ({ messages: [await chat.invoke(messages)] }))
      .addEdge(START, 'first')
      .addEdge('first', 'second')
      .compile({ name: 'pair' });
    await graph.invoke({ messages: [new HumanMessage('Weather?')] });
    expect(service.bodies('/v1/knowledge/get')).toHaveLength(1);
    const root = spans.span('invoke_agent pair');
    expect(spans.children(root).map((span) => span.attributes[ATTR.knowledgeItems])).toStrictEqual([
      ['rule0001@2'],
      ['rule0001@2'],
      ['rule0001@2'],
    ]);
    expect(root.attributes[ATTR.knowledgeItems]).toStrictEqual(['rule0001@2']);
  });

  test("an inner agent that was shown nothing is not attributed to the outer one's rules", async () => {
    reply = (messages) => {
      const prompt = JSON.stringify(messages);
      if (prompt.includes('inner task')) return { text: 'inner answer' };
      return messages.at(-1)?.['role'] === 'tool'
        ? { text: 'outer answer' }
        : { toolCalls: [{ id: 'c', name: 'delegate', args: {} }] };
    };
    const helper = createAgent({ name: 'helper', model: scriptedChat(model.url), tools: [] });
    const delegate = tool(
      async () => {
        const { messages } = await helper.invoke({ messages: [new HumanMessage('inner task')] });
        return messages.at(-1)?.text ?? '';
      },
      { name: 'delegate', description: 'asks the helper', schema: z.object({}) },
    );
    const boss = createAgent({
      name: 'boss',
      model: scriptedChat(model.url),
      tools: [delegate],
      middleware: [traceloreMiddleware()],
    });
    await boss.invoke({ messages: [new HumanMessage('outer task')] });
    const [inner] = spans.children(spans.span('invoke_agent helper'));
    expect(inner?.name).toBe('chat gpt-test');
    expect(inner?.attributes[ATTR.knowledgeItems]).toBeUndefined();
    const outer = spans
      .children(spans.span('invoke_agent boss'))
      .filter((span) => span.name === 'chat gpt-test');
    expect(outer.map((span) => span.attributes[ATTR.knowledgeItems])).toStrictEqual([
      ['rule0001@2'],
      ['rule0001@2'],
    ]);
  });

  test('text that the application puts into the prompt itself is recognised, laid out as it likes', async () => {
    const chat = scriptedChat(model.url);
    await trace('own prompt', async () => {
      const text = await getKnowledge('Weather?');
      const rules = text
        .split('\n')
        .slice(1)
        .map((line) => `- ${line}`);
      await chat.invoke([new SystemMessage(rules.join('\n')), new HumanMessage('Weather?')]);
      await chat.invoke('something else, without any rules');
    })();
    const calls = spans.spans.filter((span) => span.name === 'chat gpt-test');
    expect(calls.map((span) => span.attributes[ATTR.knowledgeItems])).toStrictEqual([
      ['rule0001@2'],
      undefined,
    ]);
  });

  test('models of one run that are told different things at the same time each have their own', async () => {
    service.serveKnowledge(({ task }) => ({
      text: `[rule0001] what helps with ${String(task)}`,
      items: [],
      decision: String(task),
      snapshot: 1,
      arm: 'served',
    }));
    const parts = ['one', 'two', 'three', 'one', 'two', 'three'];
    const models = new Map(
      ['one', 'two', 'three'].map((part) => [
        part,
        withKnowledge(scriptedChat(model.url), { task: () => `part ${part}` }),
      ]),
    );
    const graph = new StateGraph(MessagesAnnotation)
      .addNode('all', async () => {
        await Promise.all(parts.map(async (part) => models.get(part)?.invoke(`Weather ${part}?`)));
        return {};
      })
      .addEdge(START, 'all')
      .compile({ name: 'parallel' });
    await graph.invoke({ messages: [] });
    const calls = spans.spans.filter((span) => span.name === 'chat gpt-test');
    expect(calls).toHaveLength(parts.length);
    for (const call of calls) {
      const part = /Weather (?<part>\w+)/u.exec(String(call.attributes[ATTR.inputMessages]))?.groups?.[
        'part'
      ];
      expect(call.attributes[ATTR.knowledgeDecision]).toBe(`part ${part}`);
    }
  });
});
