import { setTimeout as wait } from 'node:timers/promises';

import { AIMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { StructuredTool, tool } from '@langchain/core/tools';
import { interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { trace } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, type SpanCapture } from '@tracelore/sdk/testing';
import { createAgent, fakeModel } from 'langchain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { instrumentLangChain, traceloreMiddleware, type Uninstall } from './index.ts';

let spans: SpanCapture;
let uninstall: Uninstall;

beforeEach(() => {
  // No service listens there: every question for knowledge is answered with nothing.
  spans = captureSpans({ apiUrl: 'http://127.0.0.1:9' });
  uninstall = instrumentLangChain();
});

afterEach(() => {
  uninstall();
  spans.stop();
});

const inner = trace('inner work', async (what: string) => what);

const later = tool(
  async ({ label }: { label: string }) => {
    await inner(`${label} at once`);
    await wait(1);
    await inner(`${label} after await`);
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => {
        inner(`${label} in a timer`).then(() => resolve(), reject);
      }, 1);
    });
    return label;
  },
  { name: 'later', description: 'works', schema: z.object({ label: z.string() }) },
);

class ClassTool extends StructuredTool {
  override name = 'class_tool';
  override description = 'a tool of a class of its own';
  override schema = z.object({ label: z.string() });
  readonly #secret = 'kept';

  override async _call({ label }: { label: string }): Promise<string> {
    return inner(`${label} ${this.#secret}`);
  }
}

const failing = tool(
  () => {
    throw new RangeError('out of stock');
  },
  { name: 'failing', description: 'fails', schema: z.object({}) },
);

const QUESTION = { messages: [new HumanMessage('go')] };

function agentWith(calls: readonly { name: string; args: Record<string, unknown> }[]) {
  const withIds = calls.map((call, index) => ({ ...call, id: `call_${index}` }));
  const model = fakeModel().respondWithTools(withIds).respond(new AIMessage('done'));
  return createAgent({
    name: 'worker',
    model,
    tools: [later, new ClassTool(), failing],
    middleware: [traceloreMiddleware()],
  });
}

test('spans made in a tool body nest under the tool: at once, after await, in a timer', async () => {
  await agentWith([{ name: 'later', args: { label: 'a' } }]).invoke(QUESTION);
  const body = spans.children(spans.span('execute_tool later'));
  expect(body.map((span) => span.attributes[ATTR.outputValue])).toStrictEqual([
    'a at once',
    'a after await',
    'a in a timer',
  ]);
});

test('tools called in parallel are siblings and keep their bodies apart', async () => {
  await agentWith([
    { name: 'later', args: { label: 'a' } },
    { name: 'later', args: { label: 'b' } },
    { name: 'class_tool', args: { label: 'c' } },
  ]).invoke(QUESTION);
  const tools = spans.spans.filter((span) => span.attributes[ATTR.operation] === 'execute_tool');
  const root = spans.span('invoke_agent worker');
  expect(tools).toHaveLength(3);
  for (const called of tools) {
    expect(called.parentSpanId).toBe(root.spanId);
    const label = JSON.parse(String(called.attributes[ATTR.toolArguments])).label;
    const outputs = spans.children(called).map((span) => String(span.attributes[ATTR.outputValue]));
    expect(outputs.length).toBeGreaterThan(0);
    expect(outputs.every((output) => output.startsWith(label))).toBe(true);
  }
});

test('a tool that is a class of its own keeps its private fields and has its own name', async () => {
  await agentWith([{ name: 'class_tool', args: { label: 'c' } }]).invoke(QUESTION);
  expect(spans.span('execute_tool class_tool').attributes).toMatchObject({
    [ATTR.toolName]: 'class_tool',
    [ATTR.toolResult]: 'c kept',
  });
});

test("a tool's error is recorded and still told to the model, as without us", async () => {
  const result = await agentWith([{ name: 'failing', args: {} }]).invoke(QUESTION);
  expect(result.messages.at(-2)?.content).toContain('out of stock');
  expect(result.messages.at(-1)?.content).toBe('done');
  const called = spans.span('execute_tool failing');
  expect(called.status).toBe('error');
  expect(called.attributes[ATTR.errorType]).toBe('RangeError');
  expect(spans.span('invoke_agent worker').status).toBe('unset');
});

test('a tool that says itself that it failed has failed', async () => {
  const refusing = tool(
    (_, config: { toolCall?: { id?: string } }) =>
      new ToolMessage({ content: 'not allowed', status: 'error', tool_call_id: config.toolCall?.id ?? '' }),
    { name: 'failing', description: 'refuses', schema: z.object({}) },
  );
  const model = fakeModel()
    .respondWithTools([{ name: 'failing', args: {}, id: 'call_0' }])
    .respond(new AIMessage('done'));
  await createAgent({ name: 'worker', model, tools: [refusing] }).invoke(QUESTION);
  const called = spans.span('execute_tool failing');
  expect(called.status).toBe('error');
  expect(called.attributes).toMatchObject({
    [ATTR.errorType]: 'tool_error',
    [ATTR.toolResult]: 'not allowed',
  });
});

test('a graph with a ToolNode: nodes and tools run in the context of their spans', async () => {
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('prepare', async () => {
      await inner('in a node');
      return {
        messages: [
          new AIMessage({ content: '', tool_calls: [{ name: 'later', args: { label: 'g' }, id: 'call_g' }] }),
        ],
      };
    })
    .addNode('tools', new ToolNode([later]))
    .addEdge(START, 'prepare')
    .addEdge('prepare', 'tools')
    .compile({ name: 'pipeline' });
  await graph.invoke(QUESTION);
  const root = spans.span('invoke_agent pipeline');
  expect(spans.children(root).map((span) => span.name)).toStrictEqual(['inner work', 'execute_tool later']);
  expect(spans.children(spans.span('execute_tool later'))).toHaveLength(3);
});

test('a graph that pauses for a person has not failed', async () => {
  const ask = tool(() => String(interrupt('may I?')), {
    name: 'ask',
    description: 'asks a person',
    schema: z.object({}),
  });
  const agent = createAgent({
    name: 'careful',
    model: fakeModel().respondWithTools([{ name: 'ask', args: {}, id: 'call_0' }]),
    tools: [ask],
    checkpointer: new MemorySaver(),
  });
  await agent.invoke(QUESTION, { configurable: { thread_id: 'paused' } });
  expect(spans.span('execute_tool ask').status).toBe('unset');
  expect(spans.span('invoke_agent careful').status).toBe('unset');
});

test('an agent called by a tool is a tree of its own below that tool', async () => {
  const helper = createAgent({
    name: 'helper',
    model: fakeModel().respond(new AIMessage('helped')),
    tools: [],
  });
  const delegate = tool(
    async () => {
      const result = await helper.invoke(QUESTION);
      return result.messages.at(-1)?.text ?? '';
    },
    { name: 'delegate', description: 'asks the helper', schema: z.object({}) },
  );
  const agent = createAgent({
    name: 'boss',
    model: fakeModel()
      .respondWithTools([{ name: 'delegate', args: {}, id: 'call_0' }])
      .respond(new AIMessage('done')),
    tools: [delegate],
  });
  await agent.invoke(QUESTION);
  const inside = spans.span('invoke_agent helper');
  expect(inside.parentSpanId).toBe(spans.span('execute_tool delegate').spanId);
  expect(spans.children(inside).map((span) => span.attributes[ATTR.operation])).toStrictEqual(['chat']);
  expect(spans.span('invoke_agent boss').parentSpanId).toBe('');
});
