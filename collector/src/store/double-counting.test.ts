import { expect, test } from 'vitest';
import { RunTree } from './run-tree.ts';
import {
  aiSdk,
  CALL_NANO_USD,
  genAi,
  MODEL,
  openInference,
  TOOL,
  treeSpan,
  type Told,
} from './testing/told-run.ts';
import { totalUsage } from './usage.ts';

/** Runs as frameworks tell them: the same tokens stand on several spans, and each call must count once. */

/** Spans of a run, and what it used: calls, input, output, calls' worth of cost. */
const RUNS: Readonly<Record<string, readonly [readonly Told[], readonly [number, number, number, number]]>> =
  {
    'AI SDK 4 and 5: the outer span repeats its last step only': [
      [
        { id: 'a', scope: 'ai', attributes: aiSdk('ai.generateText', 11, 7) },
        { id: 'b', in: 'a', scope: 'ai', attributes: aiSdk('ai.generateText.doGenerate', 11, 7), to: 40 },
        {
          id: 't',
          in: 'a',
          scope: 'ai',
          attributes: { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'x' },
        },
        { id: 'c', in: 'a', scope: 'ai', attributes: aiSdk('ai.generateText.doGenerate', 11, 7), from: 60 },
      ],
      [2, 22, 14, 2],
    ],
    'AI SDK 5 and 6, streamed: a tool, and what it calls, stands below the call that asked for it': [
      [
        { id: 'a', scope: 'ai', attributes: aiSdk('ai.streamText', 22, 14) },
        { id: 'b', in: 'a', scope: 'ai', attributes: aiSdk('ai.streamText.doStream', 11, 7), to: 60 },
        {
          id: 't',
          in: 'b',
          scope: 'ai',
          attributes: { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'x' },
        },
        { id: 'd', in: 't', scope: 'ai', attributes: aiSdk('ai.generateText', 11, 7), from: 20, to: 50 },
        {
          id: 'e',
          in: 'd',
          scope: 'ai',
          attributes: aiSdk('ai.generateText.doGenerate', 11, 7),
          from: 20,
          to: 50,
        },
        { id: 'c', in: 'a', scope: 'ai', attributes: aiSdk('ai.streamText.doStream', 11, 7), from: 60 },
      ],
      [3, 33, 21, 3],
    ],
    'AI SDK 7: agent, steps, calls': [
      [
        { id: 'a', scope: 'gen_ai', attributes: genAi('invoke_agent', 22, 14) },
        { id: 's', in: 'a', scope: 'gen_ai', attributes: genAi('agent_step', 11, 7) },
        { id: 'b', in: 's', scope: 'gen_ai', attributes: genAi('chat', 11, 7), to: 40 },
        { id: 'r', in: 'a', scope: 'gen_ai', attributes: genAi('agent_step', 11, 7) },
        { id: 'c', in: 'r', scope: 'gen_ai', attributes: genAi('chat', 11, 7), from: 60 },
      ],
      [2, 22, 14, 2],
    ],
    'Mastra: a generation, its steps and the calls in them': [
      ['model_generation', 'model_step', 'model_inference'].flatMap((type, depth) =>
        (depth === 0 ? [1] : [1, 2]).map((step) => ({
          id: `${depth}${depth === 0 ? '' : step}`,
          ...(depth === 0 ? {} : { in: depth === 1 ? '0' : `1${step}` }),
          scope: '@mastra/otel-exporter',
          attributes: {
            ...genAi('chat', depth === 0 ? 22 : 11, depth === 0 ? 14 : 7),
            'mastra.span.type': type,
          },
          from: step * 50 - 50,
          to: step * 50,
        })),
      ),
      [2, 22, 14, 2],
    ],
    'OpenInference: chains and agents repeat the counts of their model': [
      [
        {
          id: 'a',
          scope: 'openinference.instrumentation.crewai',
          attributes: openInference('AGENT', 22, 14),
        },
        {
          id: 'k',
          in: 'a',
          scope: 'openinference.instrumentation.crewai',
          attributes: openInference('CHAIN', 22, 14),
        },
        {
          id: 'b',
          in: 'k',
          scope: 'openinference.instrumentation.crewai',
          attributes: openInference('LLM', 22, 14),
        },
      ],
      [1, 22, 14, 2],
    ],
    'LangChain and the OpenAI client instrumented, side by side below the application': [
      [
        { id: 'a', scope: 'app', attributes: {} },
        {
          id: 'b',
          in: 'a',
          scope: '@arizeai/openinference-instrumentation-langchain',
          attributes: openInference('LLM', 11, 7),
        },
        {
          id: 'c',
          in: 'a',
          scope: '@opentelemetry/instrumentation-openai',
          attributes: genAi('chat', 11, 7, {
            'gen_ai.response.id': 'r1',
            'gen_ai.response.model': 'gpt-4o-2024-08-06',
          }),
          from: 5,
          to: 95,
        },
      ],
      [1, 11, 7, 1],
    ],
    'a client and a proxy instrumented, one below the other': [
      [
        { id: 'b', scope: '@opentelemetry/instrumentation-openai', attributes: genAi('chat', 11, 7) },
        {
          id: 'h',
          in: 'b',
          scope: '@opentelemetry/instrumentation-http',
          attributes: { 'http.request.method': 'POST' },
        },
        {
          id: 'c',
          in: 'h',
          scope: 'litellm',
          attributes: genAi('chat', 11, 7, { 'gen_ai.response.id': 'r1' }),
          from: 5,
        },
      ],
      [1, 11, 7, 1],
    ],
    'Traceloop: LangChain around the client': [
      ['ChatOpenAI.chat', 'openai.chat'].map((name, depth) => ({
        id: name,
        ...(depth === 0 ? {} : { in: 'ChatOpenAI.chat' }),
        scope: 'opentelemetry.instrumentation.openai',
        attributes: { ...genAi('chat', 11, 7), 'llm.request.type': 'chat' },
      })),
      [1, 11, 7, 1],
    ],
    'OpenAI Agents in Logfire: tasks and turns have totals': [
      [
        {
          id: 'a',
          scope: 'logfire.openai_agents',
          attributes: {
            'logfire.msg_template': 'Task: {name}',
            usage: '{"input_tokens":11,"output_tokens":7}',
          },
        },
        {
          id: 't',
          in: 'a',
          scope: 'logfire.openai_agents',
          attributes: {
            'logfire.msg_template': 'Turn {turn}',
            usage: '{"input_tokens":11,"output_tokens":7}',
          },
        },
        { id: 'b', in: 't', scope: 'logfire.openai_agents', attributes: genAi('chat', 11, 7) },
      ],
      [1, 11, 7, 1],
    ],
    "Claude's Agent SDK in Logfire: its calls tell a part, the agent the whole and the cost": [
      [
        {
          id: 'a',
          scope: 'logfire.claude_agent_sdk',
          attributes: genAi('invoke_agent', 11, 7, { 'operation.cost': CALL_NANO_USD / 1e9 }),
        },
        {
          id: 'b',
          in: 'a',
          scope: 'logfire.claude_agent_sdk',
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.request.model': MODEL,
            'gen_ai.usage.partial.input_tokens': 11n,
            'gen_ai.usage.partial.output_tokens': 1n,
          },
        },
      ],
      [1, 11, 7, 1],
    ],
    'Google ADK: an agent used as a tool stands below the call that asked for it': [
      [
        { id: 'a', scope: 'gcp.vertex.agent', attributes: { 'gen_ai.operation.name': 'invoke_agent' } },
        {
          id: 'b',
          in: 'a',
          name: 'call_llm',
          scope: 'gcp.vertex.agent',
          attributes: genAi('generate_content', 11, 7),
          to: 90,
        },
        { id: 't', in: 'b', scope: 'gcp.vertex.agent', attributes: TOOL, from: 10, to: 90 },
        {
          id: 'c',
          in: 't',
          name: 'call_llm',
          scope: 'gcp.vertex.agent',
          attributes: genAi('generate_content', 11, 7),
          from: 20,
          to: 80,
        },
      ],
      [2, 22, 14, 2],
    ],
    'Google ADK: an agent that was handed over to stands there too': [
      [
        {
          id: 'b',
          name: 'call_llm',
          scope: 'gcp.vertex.agent',
          attributes: genAi('generate_content', 11, 7),
        },
        {
          id: 'a',
          in: 'b',
          scope: 'gcp.vertex.agent',
          attributes: { 'gen_ai.operation.name': 'invoke_agent' },
        },
        {
          id: 'c',
          in: 'a',
          name: 'call_llm',
          scope: 'gcp.vertex.agent',
          attributes: genAi('generate_content', 11, 7),
        },
      ],
      [2, 22, 14, 2],
    ],
    'Pydantic AI, Strands, Copilot: the agent has the totals': [
      [
        { id: 'a', scope: 'strands.telemetry.tracer', attributes: genAi('invoke_agent', 22, 14) },
        { id: 'e', in: 'a', scope: 'strands.telemetry.tracer', attributes: { 'event_loop.cycle_id': 'x' } },
        { id: 'b', in: 'e', scope: 'strands.telemetry.tracer', attributes: genAi('chat', 11, 7), to: 40 },
        { id: 'c', in: 'a', scope: 'strands.telemetry.tracer', attributes: genAi('chat', 11, 7), from: 60 },
      ],
      [2, 22, 14, 2],
    ],
    'Codex: a turn has the totals of its requests': [
      [
        {
          id: 'a',
          name: 'session_task.turn',
          scope: 'codex_exec',
          attributes: genAi('', 11, 7, { model: MODEL }),
        },
        {
          id: 'b',
          in: 'a',
          name: 'handle_responses',
          scope: 'codex_exec',
          attributes: { ...genAi('chat', 11, 7) },
        },
      ],
      [1, 11, 7, 1],
    ],
    'Langfuse: a generation by hand around an instrumented client': [
      [
        {
          id: 'a',
          scope: 'langfuse-sdk',
          attributes: {
            'langfuse.observation.type': 'generation',
            'langfuse.observation.model.name': MODEL,
            'langfuse.observation.usage_details': '{"input":11,"output":7}',
          },
        },
        {
          id: 'b',
          in: 'a',
          scope: '@opentelemetry/instrumentation-openai',
          attributes: genAi('chat', 11, 7),
        },
      ],
      [1, 11, 7, 1],
    ],
    'two calls alike at the same time, from one instrumentation': [
      [
        { id: 'b', scope: 'app', attributes: genAi('chat', 11, 7) },
        { id: 'c', scope: 'app', attributes: genAi('chat', 11, 7) },
      ],
      [2, 22, 14, 2],
    ],
  };

test.each(Object.entries(RUNS))('%s', (_name, [spans, [calls, inputTokens, outputTokens, priced]]) => {
  const usage = totalUsage(new RunTree(spans.map(treeSpan)));
  expect(usage).toMatchObject({ calls, inputTokens, outputTokens, unpricedCalls: 0 });
  expect(usage.costNanoUsd).toBe(priced * CALL_NANO_USD);
});
