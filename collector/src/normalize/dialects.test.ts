import { describe, expect, test } from 'vitest';
import type { AttributeValue, SpanEvent } from '../records.ts';
import { normalized, START_NS, type SpanFields } from '../testing/span-of.ts';

/** Spans as the senders named here write them, reduced to what carries meaning. */

type Values = Readonly<Record<string, AttributeValue>>;

function event(name: string, attributes: Readonly<Record<string, string>>): SpanEvent {
  return { name, timeUnixNano: START_NS, attributes: new Map(Object.entries(attributes)) };
}

const QUESTION = [{ role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }];
const ANSWER = [{ role: 'assistant', parts: [{ type: 'text', content: 'Sunny' }] }];
const CALL = { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Paris' } };

interface Told {
  readonly dialect: string;
  readonly attributes: Values;
  readonly fields?: SpanFields;
  readonly span: Readonly<Record<string, unknown>>;
  readonly input?: unknown;
  readonly output?: unknown;
}

const SPANS: Readonly<Record<string, Told>> = {
  'GenAI conventions of today, structured messages': {
    dialect: 'gen_ai',
    fields: { scope: 'my.app' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.usage.input_tokens': 100n,
      'gen_ai.usage.cache_write.input_tokens': 10n,
      'gen_ai.input.messages': QUESTION,
      'gen_ai.output.messages': [{ role: 'assistant', parts: [CALL], finish_reason: 'tool_call' }],
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
    },
    span: {
      kind: 'llm',
      inputTokens: 100,
      cacheWriteTokens: 10,
      systemInstructions: 'Be brief.',
      costSource: expect.stringMatching(/^genai-prices@/),
    },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL], finish_reason: 'tool_call' }],
  },
  'GenAI conventions of 2024, indexed prompts': {
    dialect: 'traceloop',
    fields: { scope: 'opentelemetry.instrumentation.bedrock' },
    attributes: {
      'gen_ai.system': 'AWS',
      'llm.request.type': 'chat',
      'gen_ai.request.model': 'anthropic.claude-3-haiku-20240307-v1:0',
      'gen_ai.usage.prompt_tokens': 1000n,
      'gen_ai.usage.completion_tokens': 10n,
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': '[{"type":"text","text":"Weather in Paris?"}]',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.content': 'Sunny',
      'gen_ai.completion.0.finish_reason': 'end_turn',
    },
    span: { kind: 'llm', operation: 'chat', inputTokens: 1000, outputTokens: 10, costNanoUsd: 262_500 },
    input: QUESTION,
    output: [{ ...ANSWER[0], finish_reason: 'end_turn' }],
  },
  'OpenInference with a cost': {
    dialect: 'openinference',
    fields: { scope: 'openinference.instrumentation.litellm' },
    attributes: {
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'gpt-4o',
      'llm.token_count.prompt': 10n,
      'llm.cost.prompt': 0.001,
      'llm.cost.completion': 0.002,
      'input.value': 'Weather in Paris?',
    },
    span: { kind: 'llm', inputTokens: 10, costNanoUsd: 3_000_000, costSource: 'reported' },
  },
  'OpenInference retriever of Haystack, which names no kind': {
    dialect: 'openinference',
    fields: { scope: 'openinference.instrumentation.haystack' },
    attributes: { 'retrieval.documents': '[{"document":{"content":"Paris is sunny"}}]' },
    span: { kind: 'retriever', operation: 'retrieval' },
  },
  'AI SDK 4, with what only the provider metadata tells': {
    dialect: 'vercel_ai',
    fields: { scope: 'ai', name: 'ai.generateText.doGenerate' },
    attributes: {
      'operation.name': 'ai.generateText.doGenerate weather-agent',
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.telemetry.functionId': 'weather-agent',
      'ai.model.provider': 'openai.chat',
      'ai.model.id': 'gpt-4o',
      'ai.usage.promptTokens': 57n,
      'ai.usage.completionTokens': 17n,
      'ai.response.providerMetadata': '{"openai":{"cachedPromptTokens":32,"reasoningTokens":5}}',
      'ai.prompt.messages': '[{"role":"user","content":[{"type":"text","text":"Weather in Paris?"}]}]',
      'ai.response.toolCalls':
        '[{"toolCallType":"function","toolCallId":"call_1","toolName":"get_weather","args":"{\\"city\\":\\"Paris\\"}"}]',
    },
    span: {
      kind: 'llm',
      operation: 'chat',
      provider: 'openai',
      agent: 'weather-agent',
      inputTokens: 57,
      cacheReadTokens: 32,
      reasoningTokens: 5,
    },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL] }],
  },
  'AI SDK 5, streamed through a gateway that says what it charged': {
    dialect: 'vercel_ai',
    fields: { scope: 'ai', name: 'ai.streamText.doStream' },
    attributes: {
      'ai.operationId': 'ai.streamText.doStream',
      'ai.model.provider': 'gateway',
      'ai.model.id': 'openai/gpt-4o',
      'ai.usage.inputTokens': 57n,
      'ai.usage.outputTokens': 17n,
      'ai.usage.reasoningTokens': 5n,
      'ai.response.msToFirstChunk': 250,
      'ai.response.text': 'Sunny',
      'ai.response.providerMetadata': '{"gateway":{"cost":"0.0003125"}}',
    },
    span: { kind: 'llm', costNanoUsd: 312_500, costSource: 'reported', timeToFirstChunk: 0.25 },
    output: ANSWER,
  },
  'AI SDK 6, an outer span': {
    dialect: 'vercel_ai',
    fields: { scope: 'ai', name: 'ai.generateText' },
    attributes: {
      'ai.operationId': 'ai.generateText',
      'ai.model.id': 'gpt-4o',
      'ai.usage.inputTokens': 114n,
      'ai.usage.outputTokens': 34n,
      'ai.usage.inputTokenDetails.cacheReadTokens': 64n,
      'ai.prompt': '{"system":"Be brief.","prompt":"Weather in Paris?"}',
      'ai.response.text': 'Sunny',
    },
    span: {
      kind: 'agent',
      operation: 'invoke_agent',
      inputTokens: 114,
      cacheReadTokens: 64,
      systemInstructions: 'Be brief.',
      costNanoUsd: null,
    },
    input: [{ role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] }, ...QUESTION],
    output: ANSWER,
  },
  'AI SDK embedded in another program, told by the span name': {
    dialect: 'vercel_ai',
    fields: { scope: 'opencode', name: 'ai.streamText.doStream' },
    attributes: {
      'ai.model': '{"id":"claude-haiku-4-5","provider":"anthropic.messages"}',
      'ai.usage.inputTokens': 9_000n,
    },
    span: { kind: 'llm', operation: 'chat', provider: 'anthropic', requestModel: 'claude-haiku-4-5' },
  },
  'AI SDK 7': {
    dialect: 'gen_ai',
    fields: { scope: 'gen_ai', name: 'chat gpt-4o' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai.responses',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reasons': ['tool-calls'],
      'gen_ai.usage.input_tokens': 57n,
      'gen_ai.output.messages':
        '[{"role":"assistant","parts":[{"type":"tool_call","id":"call_1","name":"get_weather","arguments":{"city":"Paris"}}],"finish_reason":"tool_call"}]',
    },
    span: { kind: 'llm', provider: 'openai', inputTokens: 57 },
  },
  'a tool of the AI SDK without a result': {
    dialect: 'vercel_ai',
    fields: { scope: 'ai', name: 'ai.toolCall' },
    attributes: { 'ai.operationId': 'ai.toolCall', 'ai.toolCall.name': 'read_file' },
    span: { kind: 'tool', tool: 'read_file', output: '' },
  },
  LangSmith: {
    dialect: 'langsmith',
    fields: { scope: 'langsmith', name: 'ChatOpenAI' },
    attributes: {
      'langsmith.span.kind': 'llm',
      'langsmith.metadata.ls_provider': 'openai',
      'langsmith.metadata.ls_model_name': 'gpt-4o',
      'langsmith.metadata.thread_id': 't1',
      'langsmith.span.tags': 'seq:step:1, prod',
      'gen_ai.usage.input_tokens': 57n,
      'gen_ai.prompt':
        '{"messages":[[{"lc":1,"type":"constructor","id":["langchain","schema","messages","HumanMessage"],"kwargs":{"content":"Weather in Paris?","type":"human"}}]]}',
      'gen_ai.completion':
        '{"generations":[[{"text":"Sunny","type":"ChatGeneration","message":{"lc":1,"type":"constructor","id":["langchain","schema","messages","AIMessage"],"kwargs":{"content":"Sunny","type":"ai"}}}]],"llm_output":{"token_usage":{}},"run":null,"type":"LLMResult"}',
    },
    span: {
      kind: 'llm',
      operation: 'chat',
      provider: 'openai',
      requestModel: 'gpt-4o',
      conversationId: 't1',
      tags: ['seq:step:1', 'prod'],
    },
    input: QUESTION,
    output: ANSWER,
  },
  Mastra: {
    dialect: 'mastra',
    fields: { scope: '@mastra/otel-exporter', name: "agent run: 'weather'" },
    attributes: {
      'mastra.span.type': 'agent_run',
      'mastra.metadata.threadId': 't1',
      'mastra.metadata.resourceId': 'u1',
      'mastra.agent_run.input': '[{"role":"user","content":"Weather in Paris?"}]',
      'mastra.agent_run.output': '{"text":"Sunny"}',
    },
    span: { kind: 'agent', operation: 'invoke_agent', agent: 'weather', conversationId: 't1', userId: 'u1' },
    input: QUESTION,
  },
  'the Anthropic SDK itself': {
    dialect: 'gen_ai',
    fields: { scope: 'com.anthropic.sdk.typescript', name: 'anthropic.messages.create' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-20250514',
      'gen_ai.usage.input_tokens': 125n,
      'gen_ai.usage.cache_read.input_tokens': 100n,
      'gen_ai.usage.cache_write.input_tokens': 20n,
      'gen_ai.usage.output_tokens': 10n,
      'anthropic.message.stop_reason': 'end_turn',
    },
    span: {
      kind: 'llm',
      inputTokens: 125,
      finishReasons: ['end_turn'],
      costNanoUsd: 5 * 3_000 + 100 * 300 + 20 * 3_750 + 10 * 15_000,
    },
  },
  'Logfire, a call of OpenAI': {
    dialect: 'logfire',
    fields: { scope: 'logfire.openai', name: 'Chat Completion with {request_data[model]!r}' },
    attributes: {
      request_data:
        '{"messages":[{"role":"user","content":"Weather in Paris?"}],"model":"gpt-4o","stream":false}',
      response_data: '{"message":{"role":"assistant","content":"Sunny"},"usage":{}}',
      'logfire.msg_template': 'Chat Completion with {request_data[model]!r}',
      'gen_ai.system': 'openai',
      'gen_ai.usage.input_tokens': 57n,
      'operation.cost': 0.00012,
    },
    span: { kind: 'llm', operation: 'chat', requestModel: 'gpt-4o', costNanoUsd: 120_000 },
    input: QUESTION,
    output: ANSWER,
  },
  'Logfire, an agent of the OpenAI Agents SDK': {
    dialect: 'logfire',
    fields: { scope: 'logfire.openai_agents' },
    attributes: { 'logfire.msg_template': 'Agent run: {name!r}', name: 'triage', 'gen_ai.system': 'openai' },
    span: { kind: 'agent', operation: 'invoke_agent', agent: 'triage' },
  },
  'Logfire, a tool of the OpenAI Agents SDK': {
    dialect: 'logfire',
    fields: { scope: 'logfire.openai_agents' },
    attributes: {
      'logfire.msg_template': 'Function: {name}',
      name: 'get_weather',
      input: '{"city":"Paris"}',
      output: 'Sunny',
    },
    span: { kind: 'tool', tool: 'get_weather', input: '{"city":"Paris"}', output: 'Sunny' },
  },
  'Logfire, totals of a turn': {
    dialect: 'logfire',
    fields: { scope: 'logfire.openai_agents' },
    attributes: {
      'logfire.msg_template': 'Turn {turn} for agent triage',
      agent_name: 'triage',
      usage: '{"input_tokens":29,"output_tokens":9,"cached_input_tokens":4}',
    },
    span: { kind: 'other', agent: 'triage', inputTokens: 29, cacheReadTokens: 4, costNanoUsd: null },
  },
  'Logfire, messages as a list of events': {
    dialect: 'logfire',
    fields: { scope: 'logfire.openai_agents' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      events:
        '[{"event.name":"gen_ai.user.message","role":"user","content":"Weather in Paris?"},{"event.name":"gen_ai.choice","role":"assistant","content":"Sunny"}]',
    },
    span: { kind: 'llm' },
    input: QUESTION,
    output: ANSWER,
  },
  'Pydantic AI without Logfire': {
    dialect: 'other_vendor',
    fields: { scope: 'pydantic-ai', name: 'invoke_agent weather' },
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      agent_name: 'weather',
      final_result: 'Sunny',
      'pydantic_ai.all_messages': '[{"role":"user","parts":[{"type":"text","content":"Weather in Paris?"}]}]',
    },
    span: { kind: 'agent', agent: 'weather', output: 'Sunny' },
    input: QUESTION,
  },
  'Google ADK': {
    dialect: 'google_adk',
    fields: { scope: 'gcp.vertex.agent', name: 'call_llm' },
    attributes: {
      'gen_ai.system': 'gcp.vertex.agent',
      'gcp.vertex.agent.llm_request':
        '{"model":"gemini-2.5-flash","config":{"system_instruction":"Be brief."},"contents":[{"role":"user","parts":[{"text":"Weather in Paris?"}]}]}',
      'gcp.vertex.agent.llm_response':
        '{"content":{"role":"model","parts":[{"function_call":{"id":"call_1","name":"get_weather","args":{"city":"Paris"}}}]},"usage_metadata":{"prompt_token_count":40,"candidates_token_count":12,"thoughts_token_count":8,"cached_content_token_count":10}}',
    },
    span: {
      kind: 'llm',
      operation: 'generate_content',
      inputTokens: 40,
      outputTokens: 20,
      reasoningTokens: 8,
      cacheReadTokens: 10,
      systemInstructions: 'Be brief.',
      costNanoUsd: 30 * 300 + 10 * 30 + 20 * 2_500,
    },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL] }],
  },
  'Strands, a model call': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'chat',
      events: [
        event('gen_ai.user.message', { content: '[{"text":"Weather in Paris?"}]' }),
        event('gen_ai.choice', {
          finish_reason: 'tool_use',
          message: '[{"toolUse":{"toolUseId":"call_1","name":"get_weather","input":{"city":"Paris"}}}]',
        }),
      ],
    },
    attributes: {
      'gen_ai.system': 'strands-agents',
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'us.anthropic.claude-3-5-haiku-20241022-v1:0',
      'gen_ai.usage.prompt_tokens': 57n,
      'gen_ai.usage.input_tokens': 57n,
      'gen_ai.usage.output_tokens': 17n,
      'gen_ai.usage.cache_write_input_tokens': 3n,
    },
    span: { kind: 'llm', inputTokens: 57, cacheWriteTokens: 3, costSource: expect.stringMatching(/^genai/) },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL], finish_reason: 'tool_use' }],
  },
  'Strands, an agent that only its name tells': {
    dialect: 'strands',
    fields: {
      scope: 'opentelemetry.instrumentation.strands',
      name: 'invoke_agent Strands Agents',
      events: [
        event('gen_ai.tool.message', { role: 'user', content: '[{"text":"Weather in Paris?"}]', id: 'm1' }),
      ],
    },
    attributes: { 'gen_ai.request.model': 'gpt-4o' },
    span: { kind: 'agent', operation: 'invoke_agent', costNanoUsd: null },
    input: QUESTION,
  },
  'a web server instrumented by OpenTelemetry, whose `thread.id` is a thread': {
    dialect: 'plain',
    fields: { scope: 'opentelemetry.instrumentation.fastapi', name: 'POST /' },
    attributes: { 'http.request.method': 'POST', 'thread.id': 12n },
    span: { kind: 'other', conversationId: '' },
  },
  'Strands, a tool': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'execute_tool get_weather',
      events: [
        event('gen_ai.tool.message', { role: 'tool', content: '{"city":"Paris"}', id: 'call_1' }),
        event('gen_ai.choice', { message: '[{"text":"Sunny"}]', id: 'call_1' }),
      ],
    },
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.id': 'call_1',
    },
    span: { kind: 'tool', tool: 'get_weather', input: '{"city":"Paris"}', output: 'Sunny' },
  },
  'Genkit, a model': {
    dialect: 'genkit',
    fields: { scope: 'genkit-tracer', name: 'gemini' },
    attributes: {
      'genkit:type': 'action',
      'genkit:metadata:subtype': 'model',
      'genkit:name': 'googleai/gemini-2.5-flash',
      'genkit:input':
        '{"messages":[{"role":"user","content":[{"text":"Weather in Paris?"}]}],"tools":[],"config":{}}',
      'genkit:output':
        '{"message":{"role":"model","content":[{"toolRequest":{"name":"get_weather","ref":"call_1","input":{"city":"Paris"}}}]},"finishReason":"stop","usage":{"inputTokens":40,"outputTokens":12,"thoughtsTokens":8}}',
    },
    span: {
      kind: 'llm',
      operation: 'chat',
      provider: 'gcp.gemini',
      requestModel: 'gemini-2.5-flash',
      inputTokens: 40,
      outputTokens: 20,
      finishReasons: ['stop'],
      costNanoUsd: 40 * 300 + 20 * 2_500,
    },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL] }],
  },
  'Genkit, a tool': {
    dialect: 'genkit',
    fields: { scope: 'genkit-tracer' },
    attributes: {
      'genkit:metadata:subtype': 'tool',
      'genkit:name': 'get_weather',
      'genkit:input': '{"city":"Paris"}',
      'genkit:output': '"Sunny"',
    },
    span: { kind: 'tool', tool: 'get_weather', input: '{"city":"Paris"}', output: 'Sunny' },
  },
  'Claude Code, a model request, its cached tokens beside the input': {
    dialect: 'coding_agent',
    fields: { scope: 'com.anthropic.claude_code.tracing', name: 'claude_code.llm_request' },
    attributes: {
      model: 'claude-sonnet-4-20250514',
      input_tokens: 5n,
      output_tokens: 7n,
      cache_read_tokens: 100n,
      cache_creation_tokens: 20n,
      ttft_ms: 100n,
      'session.id': 's1',
    },
    span: {
      kind: 'llm',
      operation: 'chat',
      provider: 'anthropic',
      inputTokens: 125,
      cacheReadTokens: 100,
      cacheWriteTokens: 20,
      timeToFirstChunk: 0.1,
      costNanoUsd: 5 * 3_000 + 100 * 300 + 20 * 3_750 + 7 * 15_000,
    },
  },
  'Claude Code, a prompt and a tool': {
    dialect: 'coding_agent',
    fields: { scope: 'com.anthropic.claude_code.tracing', name: 'claude_code.interaction' },
    attributes: { user_prompt: 'fix the bug', 'session.id': 's1' },
    span: { kind: 'agent', operation: 'invoke_agent', input: 'fix the bug', sessionId: 's1' },
  },
  'Codex, a turn, whose totals are not those of a call': {
    dialect: 'coding_agent',
    fields: { scope: 'codex_cli_rs', name: 'session_task.turn' },
    attributes: {
      model: 'gpt-5.5',
      'codex.turn.token_usage.input_tokens': '14365',
      'codex.turn.token_usage.cached_input_tokens': '10112',
    },
    span: { kind: 'agent', requestModel: 'gpt-5.5', inputTokens: 14_365, costNanoUsd: null },
  },
  'Codex, a request': {
    dialect: 'coding_agent',
    fields: { scope: 'codex_exec', name: 'handle_responses' },
    attributes: { 'gen_ai.usage.input_tokens': 13_005n, 'codex.usage.reasoning_output_tokens': '233' },
    span: { kind: 'llm', operation: 'chat', inputTokens: 13_005, reasoningTokens: 233 },
  },
  'Langfuse, older tags and identity in metadata': {
    dialect: 'langfuse',
    fields: { scope: 'langfuse-sdk' },
    attributes: {
      'langfuse.observation.type': 'span',
      'langfuse.observation.metadata': '{"langfuse_session_id":"s1","langfuse_user_id":"u1"}',
      'langfuse.tags': 'a, b',
    },
    span: { kind: 'other', sessionId: 's1', userId: 'u1', tags: ['a', 'b'] },
  },
  "Mastra's copy of the AI SDK": {
    dialect: 'vercel_ai',
    fields: { scope: 'default-tracer', name: 'mastra.stream' },
    attributes: {
      'aisdk.model.id': 'gpt-4o',
      'aisdk.model.provider': 'openai.chat',
      'stream.usage.inputTokens': 14n,
      'stream.usage.cachedInputTokens': 12n,
      'stream.prompt.messages': '[{"role":"user","content":"Weather in Paris?"}]',
      'stream.response.text': 'Sunny',
      'stream.response.toolCalls': '[]',
    },
    span: { kind: 'llm', provider: 'openai', inputTokens: 14, cacheReadTokens: 12 },
    input: QUESTION,
    output: ANSWER,
  },
  'OpenLLMetry of 2023': {
    dialect: 'traceloop',
    fields: { scope: 'opentelemetry.instrumentation.openai' },
    attributes: {
      'llm.vendor': 'OpenAI',
      'llm.request.type': 'chat',
      'llm.request.model': 'gpt-4o',
      'llm.usage.prompt_tokens': 57n,
      'llm.prompts.0.role': 'user',
      'llm.prompts.0.content': 'Weather in Paris?',
      'llm.completions.0.role': 'assistant',
      'llm.completions.0.content': 'Sunny',
    },
    span: { kind: 'llm', provider: 'openai', requestModel: 'gpt-4o', inputTokens: 57 },
    input: QUESTION,
    output: ANSWER,
  },
  'Pydantic AI with its messages as a list of events': {
    dialect: 'other_vendor',
    fields: { scope: 'pydantic-ai', name: 'chat gpt-4o' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      events:
        '[{"event.name":"gen_ai.user.message","role":"user","content":"Weather in Paris?"},{"event.name":"gen_ai.choice","index":0,"message":{"role":"assistant","content":"Sunny"}}]',
    },
    span: { kind: 'llm' },
    input: QUESTION,
    output: ANSWER,
  },
  MLflow: {
    dialect: 'other_vendor',
    attributes: {
      'mlflow.spanType': '"CHAT_MODEL"',
      'mlflow.chat.tokenUsage': '{"input_tokens":57,"output_tokens":17,"total_tokens":74}',
      'mlflow.llm.cost': '{"input_cost":0.1,"output_cost":0.2,"total_cost":0.3}',
      'mlflow.llm.model': '"gpt-4o"',
      'mlflow.spanInputs': '{"messages":[{"role":"user","content":"Weather in Paris?"}]}',
    },
    span: {
      kind: 'llm',
      requestModel: 'gpt-4o',
      inputTokens: 57,
      outputTokens: 17,
      costNanoUsd: 300_000_000,
    },
    input: QUESTION,
  },
};

test.each(Object.entries(SPANS))(
  '%s',
  (_name, { dialect, attributes, fields, span: wanted, input, output }) => {
    const { span } = normalized(attributes, fields);
    expect(span).toMatchObject({ dialect, warnings: [], ...wanted });
    expect(input === undefined ? undefined : JSON.parse(span.input)).toStrictEqual(input);
    expect(output === undefined ? undefined : JSON.parse(span.output)).toStrictEqual(output);
    expect([...span.attributes.keys()]).toStrictEqual(Object.keys(attributes));
  },
);

describe('a cost that the sender states', () => {
  const MODEL = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'gpt-4o',
    'gen_ai.usage.input_tokens': 9n,
  };
  test.each<[string, Values, string?]>([
    ['gen_ai.usage.cost', { 'gen_ai.usage.cost': 0.000151 }],
    ['gen_ai.usage.total_cost', { 'gen_ai.usage.total_cost': 0.000151 }],
    ['gen_ai.cost.total_cost', { 'gen_ai.cost.total_cost': 0.000151 }],
    ['llm.cost.total', { 'llm.cost.total': 0.000151 }],
    ['langwatch.span.cost', { 'langwatch.span.cost': 0.000151 }],
    ['langfuse total', { 'langfuse.observation.cost_details': '{"input":1,"total":0.000151}' }],
    ['langfuse parts', { 'langfuse.observation.cost_details': '{"input":0.0001,"output":0.000051}' }],
    ['operation.cost', { 'operation.cost': 0.000151, 'logfire.msg': 'chat' }],
    ['openrouter', { 'ai.response.providerMetadata': '{"openrouter":{"usage":{"cost":0.000151}}}' }],
    ['cost_usd', { cost_usd: '0.000151' }, 'com.anthropic.claude_code'],
    ['as text', { 'gen_ai.usage.cost': '0.000151' }],
  ])('%s', (_name, cost, scope = 'app') => {
    const { span } = normalized({ ...MODEL, ...cost }, { scope });
    expect(span).toMatchObject({ costNanoUsd: 151_000, costSource: 'reported' });
  });

  test.each([
    ['negative', -1],
    ['no number', 'free'],
    ['beyond any call', 1e9],
    ['not finite', Number.NaN],
  ])('is not believed when it is %s', (_name, cost) => {
    const { span } = normalized({ ...MODEL, 'gen_ai.usage.cost': cost });
    expect(span).toMatchObject({
      costNanoUsd: 9 * 2_500,
      costSource: expect.stringMatching(/^genai-prices@/),
    });
  });

  test('and counts that are negative are not known', () => {
    const { span } = normalized(
      { 'mlflow.chat.tokenUsage': '{"input_tokens":-5}', 'mlflow.llm.cost': '{"total_cost":-1}' },
      { scope: 'mlflow' },
    );
    expect(span).toMatchObject({ inputTokens: null, costNanoUsd: null });
  });

  test("credits of a coding agent are no money, and another program's `cost_usd` may be anything", () => {
    expect(normalized({ ...MODEL, 'github.copilot.cost': 1.5 }).span.costSource).toMatch(/^genai-prices@/);
    expect(normalized({ ...MODEL, cost_usd: 1 }).span.costSource).toMatch(/^genai-prices@/);
  });

  test('is kept on an agent; an agent has no cost otherwise, nor has a call that fetches an answer', () => {
    const agent = { ...MODEL, 'gen_ai.operation.name': 'invoke_agent' };
    expect(normalized(agent).span).toMatchObject({ costNanoUsd: null, costSource: '' });
    expect(normalized({ ...agent, 'gen_ai.usage.cost': 1 }).span.costNanoUsd).toBe(1e9);
    expect(normalized({ ...MODEL, 'gen_ai.operation.name': 'fetch_response' }).span.costNanoUsd).toBeNull();
    expect(normalized({ ...MODEL, 'gen_ai.request.model': 'mine' }).span.costNanoUsd).toBeNull();
  });
});

test.each([
  [
    '5',
    'ai.usage.inputTokens',
    25n,
    '{"usage":{"input_tokens":25},"cacheCreationInputTokens":10,"cacheReadInputTokens":40}',
  ],
  ['4', 'ai.usage.promptTokens', 25n, '{"cacheCreationInputTokens":10,"cacheReadInputTokens":40}'],
  [
    '6',
    'ai.usage.inputTokens',
    75n,
    '{"usage":{"input_tokens":25},"cacheCreationInputTokens":10,"cacheReadInputTokens":40}',
  ],
])('the AI SDK %s and cached tokens of Anthropic', (_major, name, count, metadata) => {
  const { span } = normalized(
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      [name]: count,
      'ai.response.providerMetadata': `{"anthropic":${metadata}}`,
    },
    { scope: 'ai' },
  );
  expect(span).toMatchObject({ inputTokens: 75, cacheReadTokens: 40, cacheWriteTokens: 10, warnings: [] });
});
