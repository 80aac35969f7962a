import { expect, test } from 'vitest';
import { normalized } from '../testing/span-of.ts';
import { ANSWER, CALL, QUESTION, type ToldSpan } from '../testing/told-span.ts';

const SPANS: Readonly<Record<string, ToldSpan>> = {
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
  'a web server instrumented by OpenTelemetry, whose `thread.id` is a thread': {
    dialect: 'plain',
    fields: { scope: 'opentelemetry.instrumentation.fastapi', name: 'POST /' },
    attributes: { 'http.request.method': 'POST', 'thread.id': 12n },
    span: { kind: 'other', conversationId: '' },
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
