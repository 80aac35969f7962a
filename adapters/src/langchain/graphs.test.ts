import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { ChatPromptTemplate } from '@langchain/core/prompts';
import { BaseRetriever } from '@langchain/core/retrievers';
import { Document } from '@langchain/core/documents';
import { tool } from '@langchain/core/tools';
import { Command, entrypoint, MessagesAnnotation, START, StateGraph, task } from '@langchain/langgraph';
import { trace } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';
import { captureSpans, type ReceivedSpan, type SpanCapture } from '@tracelore/sdk/testing';
import { createAgent, fakeModel } from 'langchain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

import { instrumentLangChain, type Uninstall } from './index.ts';
import { runs } from './run-book.ts';

let spans: SpanCapture;
let uninstall: Uninstall;

beforeEach(() => {
  spans = captureSpans({ apiUrl: 'http://127.0.0.1:9' });
  uninstall = instrumentLangChain();
});

afterEach(() => {
  uninstall();
  spans.stop();
});

const QUESTION = { messages: [new HumanMessage('go')] };

const noop = tool(async () => 'done', { name: 'noop', description: 'does nothing', schema: z.object({}) });

function callsNoop() {
  return fakeModel()
    .respondWithTools([{ name: 'noop', args: {}, id: 'call_0' }])
    .respond(new AIMessage('done'));
}

/** Names of the spans as nested lists, in order of start. Every run must have been forgotten by then. */
function tree(parent?: ReceivedSpan): unknown[] {
  expect(runs.size).toBe(0);
  const below =
    parent === undefined ? spans.spans.filter((span) => span.parentSpanId === '') : spans.children(parent);
  return below.map((span) => {
    const inner = tree(span);
    return inner.length === 0 ? span.name : [span.name, inner];
  });
}

test('streamed events: the tree of a plain call', async () => {
  const agent = createAgent({ name: 'a', model: callsNoop(), tools: [noop] });
  for await (const event of agent.streamEvents(QUESTION, { version: 'v2' })) void event;
  expect(tree()).toStrictEqual([['invoke_agent a', ['chat', 'execute_tool noop', 'chat']]]);
});

test('a batch: a run for each', async () => {
  const agent = createAgent({
    name: 'a',
    model: fakeModel().respond(new AIMessage('1')).respond(new AIMessage('2')),
    tools: [],
  });
  await agent.graph.batch([QUESTION, QUESTION]);
  expect(tree()).toStrictEqual([
    ['invoke_agent a', ['chat']],
    ['invoke_agent a', ['chat']],
  ]);
  expect(new Set(spans.spans.map((span) => span.attributes[ATTR.runId])).size).toBe(2);
});

test('a graph in a graph is an agent of its own', async () => {
  const answer = fakeModel().respond(new AIMessage('inner'));
  const inner = new StateGraph(MessagesAnnotation)
    .addNode('think', async ({ messages }) => ({ messages: [await answer.invoke(messages)] }))
    .addEdge(START, 'think')
    .compile({ name: 'inner' });
  const outer = new StateGraph(MessagesAnnotation)
    .addNode('child', inner)
    .addEdge(START, 'child')
    .compile({ name: 'outer' });
  await outer.invoke(QUESTION);
  expect(tree()).toStrictEqual([['invoke_agent outer', [['invoke_agent inner', ['chat']]]]]);
});

test('a graph that a tool runs has its own name, not that of the agent around it', async () => {
  const lookUp = new StateGraph(MessagesAnnotation)
    .addNode('only', async () => ({ messages: [new AIMessage('found')] }))
    .addEdge(START, 'only')
    .compile({ name: 'lookup' });
  const search = tool(async () => (await lookUp.invoke(QUESTION)).messages.at(-1)?.text ?? '', {
    name: 'noop',
    description: 'searches',
    schema: z.object({}),
  });
  await createAgent({ name: 'boss', model: callsNoop(), tools: [search] }).invoke(QUESTION);
  expect(spans.span('invoke_agent lookup').attributes[ATTR.agentName]).toBe('lookup');
});

test('an unnamed graph takes the name that the application gave us', async () => {
  uninstall();
  uninstall = instrumentLangChain({ agent: 'support' });
  await createAgent({ model: callsNoop(), tools: [noop] }).invoke(QUESTION);
  expect(spans.span('invoke_agent support').attributes[ATTR.agentName]).toBe('support');
});

test('the functional API: spans made in tasks nest below the flow', async () => {
  const step = task('step', async (x: number) => trace('in task', async () => x + 1)());
  const flow = entrypoint({ name: 'flow' }, async (x: number) => (await step(x)) + (await step(x)));
  expect(await flow.invoke(1)).toBe(4);
  expect(tree()).toStrictEqual([['invoke_agent flow', ['in task', 'in task']]]);
});

test('handing over to the parent graph is no failure', async () => {
  const handOff = tool(async () => new Command({ goto: 'other', graph: Command.PARENT }), {
    name: 'noop',
    description: 'hands over',
    schema: z.object({}),
  });
  const first = createAgent({ name: 'first', model: callsNoop(), tools: [handOff] });
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('first', first.graph, { ends: ['other'] })
    .addNode('other', async () => ({ messages: [new AIMessage('taken over')] }))
    .addEdge(START, 'first')
    .compile({ name: 'team' });
  await graph.invoke(QUESTION);
  expect(tree()).toStrictEqual([
    ['invoke_agent team', [['invoke_agent first', ['chat', 'execute_tool noop']]]],
  ]);
  expect(spans.spans.every((span) => span.status === 'unset')).toBe(true);
});

test("the framework's own limit is an error of the agent", async () => {
  const agent = createAgent({ name: 'endless', model: callsNoop(), tools: [noop] });
  await expect(agent.invoke(QUESTION, { recursionLimit: 2 })).rejects.toThrow(/recursion/iu);
  const root = spans.span('invoke_agent endless');
  expect(root.status).toBe('error');
  expect(root.attributes[ATTR.errorType]).toBe('GraphRecursionError');
});

test('a retriever in a chain: query and documents, below the chain', async () => {
  class Shelf extends BaseRetriever {
    override lc_namespace = ['test'];
    override async _getRelevantDocuments(query: string): Promise<Document[]> {
      return [new Document({ pageContent: `about ${query}`, metadata: { page: 1 }, id: 'd1' })];
    }
  }
  const chain = new Shelf().pipe((documents) => documents.length);
  expect(await chain.invoke('whales')).toBe(1);
  expect(tree()).toStrictEqual([['invoke_workflow RunnableSequence', ['retrieval Shelf']]]);
  const { attributes } = spans.span('retrieval Shelf');
  expect(attributes[ATTR.retrievalQuery]).toBe('whales');
  expect(JSON.parse(String(attributes[ATTR.retrievalDocuments]))).toStrictEqual([
    { content: 'about whales', id: 'd1', metadata: { page: 1 } },
  ]);
});

test('a prompt template used alone is no run', async () => {
  await ChatPromptTemplate.fromTemplate('{x}').invoke({ x: 'y' });
  expect(spans.spans).toStrictEqual([]);
});

test('session, user and tags come from metadata and config', async () => {
  await createAgent({ name: 'a', model: callsNoop(), tools: [noop] }).invoke(QUESTION, {
    metadata: { session_id: 's-1', user_id: 'u-1' },
    tags: ['beta'],
  });
  expect(spans.span('invoke_agent a').attributes).toMatchObject({
    [ATTR.sessionId]: 's-1',
    [ATTR.userId]: 'u-1',
    [ATTR.tags]: ['beta'],
  });
  expect(spans.span('execute_tool noop').attributes[ATTR.userId]).toBe('u-1');
});
