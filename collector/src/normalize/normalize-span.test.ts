import { describe, expect, test } from 'vitest';
import type { SpanEvent } from '../records.ts';
import { normalized, RECEIVED_AT_MS, START_NS } from '../testing/span-of.ts';

const USER_TEXT = [{ role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }];
const TOOL_CALL = { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Paris' } };

/** One model call as several conventions tell it: the same canonical span must come out. */
const MODEL_CALLS: readonly (readonly [string, Parameters<typeof normalized>[0], string])[] = [
  [
    'gen_ai',
    {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.usage.input_tokens': 57n,
      'gen_ai.usage.output_tokens': 17n,
      'gen_ai.usage.cache_read.input_tokens': 32n,
      'gen_ai.input.messages': JSON.stringify(USER_TEXT),
      'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: [TOOL_CALL] }]),
    },
    'app',
  ],
  [
    'openinference',
    {
      'openinference.span.kind': 'LLM',
      'llm.provider': 'openai',
      'llm.model_name': 'gpt-4o',
      'llm.finish_reason': 'tool_calls',
      'llm.token_count.prompt': 57n,
      'llm.token_count.completion': 17n,
      'llm.token_count.prompt_details.cache_read': 32n,
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'Weather in Paris?',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.content': '',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'call_1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'get_weather',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"city":"Paris"}',
      'input.value': 'raw request',
    },
    '@arizeai/openinference-instrumentation-openai',
  ],
  [
    'vercel_ai',
    {
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'openai.chat',
      'ai.model.id': 'gpt-4o',
      'ai.response.finishReason': 'tool_calls',
      'ai.usage.inputTokens': 57n,
      'ai.usage.outputTokens': 17n,
      'ai.usage.cachedInputTokens': 32n,
      'ai.prompt.messages': '[{"role":"user","content":[{"type":"text","text":"Weather in Paris?"}]}]',
      'ai.response.text': '',
      'ai.response.toolCalls': '[{"toolCallId":"call_1","toolName":"get_weather","input":{"city":"Paris"}}]',
    },
    'ai',
  ],
  [
    'traceloop',
    {
      'llm.request.type': 'chat',
      'gen_ai.system': 'OpenAI',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reason': 'tool_calls',
      'gen_ai.usage.prompt_tokens': 57n,
      'gen_ai.usage.completion_tokens': 17n,
      'gen_ai.usage.cache_read_input_tokens': 32n,
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': 'Weather in Paris?',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.tool_calls.0.id': 'call_1',
      'gen_ai.completion.0.tool_calls.0.name': 'get_weather',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"city":"Paris"}',
    },
    '@traceloop/instrumentation-openai',
  ],
  [
    'langfuse',
    {
      'langfuse.observation.type': 'generation',
      'gen_ai.provider.name': 'openai',
      'langfuse.observation.model.name': 'gpt-4o',
      'gen_ai.response.finish_reasons': '["tool_calls"]',
      // Disjoint: cached tokens stand beside input.
      'langfuse.observation.usage_details': '{"input":25,"input_cache_read":32,"output":17}',
      'langfuse.observation.input': '[{"role":"user","content":"Weather in Paris?"}]',
      'langfuse.observation.output':
        '{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\\"city\\":\\"Paris\\"}"}}]}',
    },
    'langfuse-sdk',
  ],
];

test.each(MODEL_CALLS)('a model call in %s', (dialect, attributes, scope) => {
  const { span } = normalized(attributes, { scope });
  expect(span).toMatchObject({
    dialect,
    kind: 'llm',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'gpt-4o',
    finishReasons: ['tool_calls'],
    inputTokens: 57,
    outputTokens: 17,
    cacheReadTokens: 32,
    cacheWriteTokens: null,
    reasoningTokens: null,
  });
  expect(JSON.parse(span.input)).toStrictEqual(USER_TEXT);
  expect(JSON.parse(span.output)).toStrictEqual([{ role: 'assistant', parts: [TOOL_CALL] }]);
  expect(span.attributes.size).toBe(Object.keys(attributes).length);
});

/** One tool call as several conventions tell it. */
const TOOLS: readonly (readonly [string, Parameters<typeof normalized>[0]])[] = [
  [
    'gen_ai',
    {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.arguments': '{"city":"Paris"}',
      'gen_ai.tool.call.result': '"sunny"',
    },
  ],
  [
    'vercel_ai',
    {
      'ai.operationId': 'ai.toolCall',
      'ai.toolCall.name': 'get_weather',
      'ai.toolCall.args': '{"city":"Paris"}',
      'ai.toolCall.result': '"sunny"',
    },
  ],
  [
    'openinference',
    {
      'openinference.span.kind': 'TOOL',
      'tool.name': 'get_weather',
      'input.value': '{"city":"Paris"}',
      'output.value': 'sunny',
    },
  ],
  [
    'traceloop',
    {
      'traceloop.span.kind': 'tool',
      'traceloop.entity.name': 'get_weather',
      'traceloop.entity.input': '{"city":"Paris"}',
      'traceloop.entity.output': 'sunny',
    },
  ],
  [
    'google_adk',
    {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'get_weather',
      'gcp.vertex.agent.llm_request': '{}',
      'gcp.vertex.agent.tool_call_args': '{"city":"Paris"}',
      'gcp.vertex.agent.tool_response': 'sunny',
    },
  ],
];

test.each(TOOLS)('a tool call in %s', (dialect, attributes) => {
  expect(normalized(attributes).span).toMatchObject({
    dialect,
    kind: 'tool',
    operation: 'execute_tool',
    tool: 'get_weather',
    input: '{"city":"Paris"}',
    output: 'sunny',
  });
});

test('a span without any convention is plain, with its kind unknown and everything kept', () => {
  const { span } = normalized(
    { 'http.route': '/users', count: 3n, ratio: 1, flag: false, list: ['a', 1n, 1], none: null },
    { resource: { 'service.name': 'shop', 'deployment.environment.name': 'prod' } },
  );
  expect(span).toMatchObject({
    dialect: 'plain',
    kind: 'other',
    operation: '',
    service: 'shop',
    environment: 'prod',
    runId: span.traceId,
    inputTokens: null,
  });
  expect(Object.fromEntries(span.attributes)).toStrictEqual({
    'http.route': '/users',
    count: '3',
    ratio: '1',
    flag: 'false',
    list: '["a",1,1.0]',
    none: '',
  });
  expect(Object.fromEntries(span.attributeTypes)).toStrictEqual({
    count: 'int',
    ratio: 'double',
    flag: 'bool',
    list: 'array',
    none: 'null',
  });
});

test('a text that is a content, character for character, stands in its column alone', () => {
  const messages = JSON.stringify([
    { role: 'user', parts: [{ type: 'text', content: 'How many orders were there in March?' }] },
  ]);
  const other = JSON.stringify([{ role: 'user', content: 'How many orders were there in March, please?' }]);
  const { span } = normalized({ 'gen_ai.input.messages': messages, 'gen_ai.output.messages': other });
  expect(span.input).toBe(messages);
  expect(Object.fromEntries(span.attributes)).toStrictEqual({
    'gen_ai.input.messages': '',
    'gen_ai.output.messages': other,
  });
  expect(Object.fromEntries(span.attributeTypes)).toStrictEqual({ 'gen_ai.input.messages': '=input' });
  const short = normalized({
    'tool.name': 't',
    'gen_ai.operation.name': 'execute_tool',
    'input.value': '{}',
  });
  expect(short.span.attributes.get('input.value')).toBe('{}');
});

test('what Tracelore writes about knowledge stands in columns', () => {
  const { span } = normalized({
    'tracelore.run.id': 'run-1',
    'tracelore.trial.id': 'trial-1',
    'tracelore.fingerprint': 'f1',
    'tracelore.knowledge.decision': 'd1',
    'tracelore.knowledge.snapshot': 7n,
    'tracelore.knowledge.arm': 'served',
    'tracelore.knowledge.items': ['r1@1', 'r2@3'],
    'tracelore.tags': ['a', 'b'],
  });
  expect(span).toMatchObject({
    runId: 'run-1',
    trialId: 'trial-1',
    fingerprint: 'f1',
    knowledgeDecision: 'd1',
    knowledgeSnapshot: 7,
    knowledgeArm: 'served',
    knowledgeItems: ['r1@1', 'r2@3'],
    tags: ['a', 'b'],
  });
});

test('names of the conventions win over those of a vendor on the same span', () => {
  const { span } = normalized(
    { 'llm.model_name': 'vendor', 'gen_ai.request.model': 'convention', 'ai.usage.inputTokens': 9n },
    { scope: '@arizeai/openinference-instrumentation-x' },
  );
  expect(span).toMatchObject({ dialect: 'openinference', requestModel: 'convention', inputTokens: 9 });
});

test('a leading system message is also the system instructions, and stays among the messages', () => {
  const { span } = normalized({
    'gen_ai.prompt': '[{"role":"system","content":"You are a pirate."},{"role":"user","content":"Hi"}]',
  });
  expect(span.systemInstructions).toBe('You are a pirate.');
  expect(JSON.parse(span.input)).toHaveLength(2);
});

function eventOf(name: string, attributes: Readonly<Record<string, string>>): SpanEvent {
  return { name, timeUnixNano: START_NS, attributes: new Map(Object.entries(attributes)) };
}

test('messages in span events are input and output', () => {
  const { span } = normalized(
    { 'gen_ai.operation.name': 'chat' },
    {
      events: [
        eventOf('gen_ai.user.message', { content: '[{"text":"Weather in Paris?"}]' }),
        eventOf('gen_ai.choice', { message: '[{"text":"Sunny"}]', finish_reason: 'end_turn' }),
      ],
    },
  );
  expect(JSON.parse(span.input)).toStrictEqual(USER_TEXT);
  expect(JSON.parse(span.output)).toStrictEqual([
    { role: 'assistant', parts: [{ type: 'text', content: 'Sunny' }], finish_reason: 'end_turn' },
  ]);
});

test('counts that contradict their totals are kept and flagged', () => {
  const { span } = normalized({
    'gen_ai.usage.input_tokens': 25n,
    'gen_ai.usage.cache_read.input_tokens': 40n,
    'gen_ai.usage.output_tokens': 5n,
    'gen_ai.usage.reasoning.output_tokens': 6n,
  });
  expect(span).toMatchObject({
    inputTokens: 25,
    cacheReadTokens: 40,
    warnings: ['cache_exceeds_input', 'reasoning_exceeds_output'],
  });
});

test.each([
  ['all in their totals', 140, [100, 40], []],
  ['cached tokens beside the input', 190, [150, 40], ['cache_beside_input']],
  ['reasoning beside the output', 155, [100, 55], ['reasoning_beside_output']],
  ['both beside', 205, [150, 55], ['cache_beside_input', 'reasoning_beside_output']],
  ['a total that proves nothing', 170, [100, 40], []],
] as const)('a total of everything tells %s', (_name, total, [inputTokens, outputTokens], warnings) => {
  const { span } = normalized({
    'gen_ai.usage.input_tokens': 100n,
    'gen_ai.usage.cache_read.input_tokens': 50n,
    'gen_ai.usage.output_tokens': 40n,
    'gen_ai.usage.reasoning.output_tokens': 15n,
    'gen_ai.usage.total_tokens': BigInt(total),
  });
  expect(span).toMatchObject({ inputTokens, outputTokens, warnings });
});

test('a text over 1 MiB is cut between characters and marked', () => {
  const { span } = normalized({ long: 'é'.repeat(600_000) });
  const kept = span.attributes.get('long') ?? '';
  expect(kept.endsWith('é…[truncated]')).toBe(true);
  expect(Buffer.byteLength(kept)).toBe(1_048_576 + Buffer.byteLength('…[truncated]'));
});

test('content that cannot be interpreted costs its span the canonical fields only', () => {
  const deep = `${'{"message_content":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  const { span } = normalized({
    'gen_ai.request.model': 'm',
    'ai.prompt': `[{"role":"user","content":[${deep}]}]`,
  });
  expect(span).toMatchObject({ kind: 'other', dialect: 'plain', input: '', warnings: ['not_interpreted'] });
  expect(span.attributes.get('gen_ai.request.model')).toBe('m');
});

test('messages that LangChain serialised are messages', () => {
  const message = (name: string, kwargs: object): object => ({
    lc: 1,
    type: 'constructor',
    id: ['langchain_core', 'messages', name],
    kwargs,
  });
  const { span } = normalized({
    'openinference.span.kind': 'CHAIN',
    'input.value': JSON.stringify({ messages: [message('HumanMessage', { content: 'Weather in Paris?' })] }),
    'output.value': JSON.stringify(
      message('AIMessageChunk', {
        content: '',
        tool_calls: [{ id: 'call_1', name: 'get_weather', args: { city: 'Paris' } }],
      }),
    ),
  });
  expect(JSON.parse(span.input)).toStrictEqual(USER_TEXT);
  expect(JSON.parse(span.output)).toStrictEqual([{ role: 'assistant', parts: [TOOL_CALL] }]);
  const tool = normalized({
    'openinference.span.kind': 'TOOL',
    'output.value': JSON.stringify({
      output: message('ToolMessage', { content: 'sunny 22', tool_call_id: 'call_1' }),
    }),
  });
  expect(tool.span.output).toBe('sunny 22');
});

test.each([
  ['one', ['one']],
  ['["a","b"]', ['a', 'b']],
  ['[draft', ['[draft']],
  ['[]', []],
  [
    ['a', 1n],
    ['a', '1'],
  ],
])('tags written as %o', (tags, stored) => {
  expect(normalized({ 'tracelore.tags': tags }).span.tags).toStrictEqual(stored);
});

test('names of any length fit their columns, and stand whole among the attributes', () => {
  const name = 'x'.repeat(5_000);
  const { span } = normalized({
    'gen_ai.request.model': name,
    'tracelore.run.id': name,
    'tracelore.tags': [name],
  });
  const cut = 'x'.repeat(1_024);
  expect(span).toMatchObject({ requestModel: cut, runId: cut, tags: [cut] });
  expect(span.attributes.get('gen_ai.request.model')).toBe(name);
});

test('an index of a thousand million makes one element', () => {
  const { span } = normalized({
    'llm.input_messages.999999999.message.role': 'user',
    'llm.input_messages.999999999.message.content': 'x',
  });
  expect(JSON.parse(span.input)).toStrictEqual([{ role: 'user', parts: [{ type: 'text', content: 'x' }] }]);
});

test('keys of the object prototype are only keys', () => {
  const { span } = normalized({
    ['__proto__']: 'a',
    'llm.input_messages.0.message.__proto__.polluted': 'yes',
    constructor: 'b',
  });
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(span.attributes.get('constructor')).toBe('b');
});

describe('times', () => {
  const received = BigInt(RECEIVED_AT_MS) * 1_000_000n;
  test.each([
    ['usual', START_NS, START_NS + 5n, START_NS, 5n, []],
    ['unset', 0n, 0n, received, 0n, ['start_clamped', 'end_missing']],
    ['start unset', 0n, START_NS, START_NS, 0n, ['start_clamped']],
    ['still running', START_NS, 0n, START_NS, 0n, ['end_missing']],
    ['backwards', START_NS, START_NS - 1n, START_NS, 0n, ['end_before_start']],
    ['largest', 2n ** 64n - 1n, 2n ** 64n - 1n, received, 0n, ['start_clamped', 'end_clamped']],
    ['old', 1_500_000_000_000_000_000n, 1_500_000_000_000_000_009n, 1_500_000_000_000_000_000n, 9n, []],
  ] as const)('%s', (_name, startUnixNano, endUnixNano, start, duration, warnings) => {
    const { span } = normalized({}, { startUnixNano, endUnixNano });
    expect(span).toMatchObject({ startUnixNano: start, durationNano: duration, warnings });
    const raw = warnings.length === 0 ? undefined : String(startUnixNano);
    expect(span.attributes.get('tracelore.raw.start_time_unix_nano')).toBe(raw);
  });
});

test('a span that failed without a status message has that of its exception, or of an attribute', () => {
  const exception = eventOf('exception', {
    'exception.type': 'TimeoutError',
    'exception.message': 'too slow',
  });
  const failed = { status: 'Error', events: [exception] } as const;
  expect(normalized({}, failed).span).toMatchObject({ errorType: 'TimeoutError', statusMessage: 'too slow' });
  expect(normalized({}, { ...failed, statusMessage: 'said' }).span.statusMessage).toBe('said');
  expect(normalized({ 'error.message': 'no route' }, failed).span.statusMessage).toBe('no route');
  expect(normalized({}, { events: [exception] }).span.statusMessage).toBe('');
  const langfuse = {
    'langfuse.observation.level': 'ERROR',
    'langfuse.observation.status_message': 'refused',
  };
  expect(normalized(langfuse).span).toMatchObject({ status: 'Error', statusMessage: 'refused' });
  expect(normalized(langfuse, { status: 'Ok' }).span).toMatchObject({ status: 'Ok', statusMessage: '' });
});
