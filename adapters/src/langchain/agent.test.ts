import { type BaseMessage, HumanMessage } from '@langchain/core/messages';
import { trace, withOverride } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, type FakeService, type SpanCapture, startFakeService } from '@tracelore/sdk/testing';
import { createAgent } from 'langchain';
import { afterEach, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';

import { RULE_TEXT, serveRule } from '../testing/knowledge.testing.ts';
import { type ScriptedModel, startScriptedModel } from '../testing/scripted-model.testing.ts';
import { scriptedChat, startWeatherAgent } from '../testing/weather-agent.testing.ts';
import { instrumentLangChain, tracelore, traceloreMiddleware, type Uninstall } from './index.ts';

let service: FakeService;
let model: ScriptedModel;
let spans: SpanCapture;
let uninstall: Uninstall;

beforeEach(async () => {
  service = await startFakeService();
  serveRule(service);
  spans = captureSpans({ apiUrl: service.url });
  model = await startScriptedModel(({ messages }) =>
    messages.at(-1)?.['role'] === 'tool'
      ? { text: 'It is sunny in Paris.' }
      : { toolCalls: [{ id: 'call_1', name: 'get_weather', args: { city: 'Paris' } }] },
  );
  uninstall = instrumentLangChain();
});

afterEach(async () => {
  uninstall();
  spans.stop();
  await model.close();
  await service.close();
});

const QUESTION = { messages: [new HumanMessage('Weather in Paris?')] };
const THREAD = { configurable: { thread_id: 'thread-1' } };

describe('an agent with a tool call', () => {
  test('is one tree: agent, then model, tool and model below it', async () => {
    const result = await startWeatherAgent(model.url, [traceloreMiddleware()]).invoke(QUESTION, THREAD);
    expect(result.messages.at(-1)?.content).toBe('It is sunny in Paris.');
    const root = spans.span('invoke_agent weatherman');
    expect(root.parentSpanId).toBe('');
    expect(spans.children(root).map((span) => span.name)).toStrictEqual([
      'search_memory',
      'chat gpt-test',
      'execute_tool get_weather',
      'chat gpt-test',
    ]);
    expect(new Set(spans.spans.map((span) => span.attributes[ATTR.runId])).size).toBe(1);
    expect(spans.spans.every((span) => span.status === 'unset')).toBe(true);
    expect(root.attributes).toMatchObject({
      [ATTR.operation]: 'invoke_agent',
      [ATTR.agentName]: 'weatherman',
      [ATTR.conversationId]: 'thread-1',
    });
    expect(JSON.parse(String(root.attributes[ATTR.inputMessages]))).toStrictEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
    ]);
    expect(JSON.parse(String(root.attributes[ATTR.outputMessages]))).toMatchObject([
      { role: 'assistant', parts: [{ type: 'text', content: 'It is sunny in Paris.' }] },
    ]);
  });

  test('has model spans with model, parameters, tokens, messages and tools', async () => {
    await startWeatherAgent(model.url, []).invoke(QUESTION, THREAD);
    const [first, second] = spans.spans.filter((span) => span.name === 'chat gpt-test');
    expect(first?.attributes).toMatchObject({
      [ATTR.operation]: 'chat',
      [ATTR.provider]: 'openai',
      [ATTR.requestModel]: 'gpt-test',
      'gen_ai.request.temperature': 0.2,
      [ATTR.responseModel]: 'gpt-test-2026',
      [ATTR.responseId]: 'chatcmpl-1',
      [ATTR.finishReasons]: ['tool_call'],
      [ATTR.inputTokens]: 20,
      [ATTR.outputTokens]: 8,
      [ATTR.cacheReadTokens]: 5,
      [ATTR.reasoningTokens]: 3,
      'langgraph.node': 'model_request',
    });
    const json = (key: string): unknown => JSON.parse(String(first?.attributes[key]));
    expect(json(ATTR.systemInstructions)).toStrictEqual([{ type: 'text', content: 'Be brief.' }]);
    expect(json(ATTR.inputMessages)).toStrictEqual([
      { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
    ]);
    expect(json(ATTR.outputMessages)).toStrictEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', name: 'get_weather', id: 'call_1', arguments: { city: 'Paris' } }],
      },
    ]);
    expect(json(ATTR.toolDefinitions)).toMatchObject([
      { type: 'function', name: 'get_weather', parameters: { properties: { city: { type: 'string' } } } },
    ]);
    expect(JSON.parse(String(second?.attributes[ATTR.inputMessages])).at(-1)).toMatchObject({
      role: 'tool',
      parts: [{ type: 'tool_call_response', id: 'call_1', response: { city: 'Paris', sky: 'sunny' } }],
    });
  });

  test('has a tool span with call id, object arguments and result', async () => {
    await startWeatherAgent(model.url, []).invoke(QUESTION);
    const { attributes } = spans.span('execute_tool get_weather');
    expect(attributes).toMatchObject({
      [ATTR.operation]: 'execute_tool',
      [ATTR.toolName]: 'get_weather',
      [ATTR.toolCallId]: 'call_1',
      [ATTR.toolArguments]: '{"city":"Paris"}',
      [ATTR.toolResult]: '{"city":"Paris","sky":"sunny"}',
    });
  });

  test('hangs below the trace() it is called in, and is part of its run', async () => {
    const agent = startWeatherAgent(model.url, []);
    await trace('handle request', async () => agent.invoke(QUESTION))();
    const host = spans.span('handle request');
    expect(spans.children(host).map((span) => span.name)).toStrictEqual(['invoke_agent weatherman']);
    expect(new Set(spans.spans.map((span) => span.attributes[ATTR.runId])).size).toBe(1);
  });

  test('records no content where capture is off', async () => {
    uninstall();
    uninstall = instrumentLangChain({ capture: false });
    await startWeatherAgent(model.url, []).invoke(QUESTION);
    const traced = spans.spans.filter((span) => span.name !== 'search_memory' && span.name !== 'look up');
    expect(traced).toHaveLength(4);
    expect(JSON.stringify(traced.map((span) => [span.attributes, span.events]))).not.toMatch(
      /Paris|brief|sunny|weather now/u,
    );
    expect(spans.spans.find((span) => span.name === 'chat gpt-test')?.attributes[ATTR.inputTokens]).toBe(20);
  });

  test('can be traced by a callback alone, without any patch', async () => {
    uninstall();
    await startWeatherAgent(model.url, [traceloreMiddleware()]).invoke(QUESTION, {
      callbacks: [tracelore()],
    });
    const root = spans.span('invoke_agent weatherman');
    expect(spans.children(root)).toHaveLength(4);
    const body = spans.span('look up');
    expect(body.parentSpanId).toBe(spans.span('execute_tool get_weather').spanId);
    expect(root.attributes[ATTR.knowledgeItems]).toStrictEqual(['rule0001@2']);
  });

  test('is traced once where both the patch and the callback are there', async () => {
    await startWeatherAgent(model.url, []).invoke(QUESTION, { callbacks: [tracelore()] });
    expect(spans.spans.filter((span) => span.name === 'invoke_agent weatherman')).toHaveLength(1);
    expect(spans.spans.filter((span) => span.name === 'chat gpt-test')).toHaveLength(2);
  });
});

describe('knowledge', () => {
  test('is asked for once per run and stands behind the system text of every model call', async () => {
    await startWeatherAgent(model.url, [traceloreMiddleware()]).invoke(QUESTION, THREAD);
    expect(service.bodies('/v1/knowledge/get')).toStrictEqual([
      expect.objectContaining({ task: 'Weather in Paris?', agent: 'weatherman', session: 'thread-1' }),
    ]);
    expect(model.requests).toHaveLength(2);
    for (const request of model.requests) {
      expect(request.messages[0]).toStrictEqual({
        role: 'system',
        content: [
          { type: 'text', text: 'Be brief.' },
          { type: 'text', text: RULE_TEXT },
        ],
      });
      expect(model.promptOf(request).split('[rule0001]')).toHaveLength(2);
    }
  });

  test('stands on the model spans and on the root of the run', async () => {
    await startWeatherAgent(model.url, [traceloreMiddleware()]).invoke(QUESTION, THREAD);
    const told = spans.spans.filter((span) =>
      ['invoke_agent weatherman', 'chat gpt-test'].includes(span.name),
    );
    expect(told).toHaveLength(3);
    for (const span of told) {
      expect(span.attributes).toMatchObject({
        [ATTR.knowledgeDecision]: 'decision-thread-1',
        [ATTR.knowledgeSnapshot]: 7,
        [ATTR.knowledgeArm]: 'served',
        [ATTR.knowledgeItems]: ['rule0001@2'],
      });
    }
  });

  test('comes once even if the middleware was given twice', async () => {
    const second = { ...traceloreMiddleware(), name: 'again' };
    await startWeatherAgent(model.url, [traceloreMiddleware(), second]).invoke(QUESTION, THREAD);
    expect(model.promptOf(model.requests[0]).split('[rule0001]')).toHaveLength(2);
  });

  test('without text changes no byte of the request, and the arm is recorded', async () => {
    await startWeatherAgent(model.url, []).invoke(QUESTION);
    service.serveKnowledge(() => ({ text: '', items: [], decision: 'd', snapshot: 7, arm: 'holdout' }));
    await startWeatherAgent(model.url, [traceloreMiddleware()]).invoke(QUESTION);
    const bodies = model.requests.map((request) => JSON.stringify(request.body));
    expect(bodies.slice(2)).toStrictEqual(bodies.slice(0, 2));
    const last = spans.spans.findLast((span) => span.name === 'chat gpt-test');
    expect(last?.attributes[ATTR.knowledgeArm]).toBe('holdout');
  });

  test('is a system message of its own where the agent has none', async () => {
    await startWeatherAgent(model.url, [traceloreMiddleware()], '').invoke(QUESTION);
    expect(model.requests[0]?.messages[0]).toStrictEqual({
      role: 'system',
      content: [{ type: 'text', text: RULE_TEXT }],
    });
  });

  test('is that of the rule set which an evaluation names', async () => {
    const agent = startWeatherAgent(model.url, [traceloreMiddleware()]);
    await withOverride(['rule0007'], () => agent.invoke(QUESTION));
    expect(service.bodies('/v1/knowledge/get')).toStrictEqual([
      expect.objectContaining({ override: ['rule0007'], task: 'Weather in Paris?' }),
    ]);
  });

  test('leaves the types of the agent as they are', async () => {
    const agent = createAgent({
      model: scriptedChat(model.url),
      tools: [],
      middleware: [traceloreMiddleware()],
    });
    const result = await agent.invoke(QUESTION);
    expectTypeOf(result.messages).toEqualTypeOf<BaseMessage[]>();
    expect(result.messages.length).toBeGreaterThan(1);
  });
});
