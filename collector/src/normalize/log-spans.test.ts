import { expect, test } from 'vitest';
import type { AttributeValue, DecodedLog } from '../records.ts';
import { RECEIVED_AT_MS, START_NS } from '../testing/span-of.ts';
import { normalizeLogs } from './normalize-log.ts';

function log(
  eventName: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  fields: Partial<DecodedLog> & { readonly scopeName?: string } = {},
): DecodedLog {
  return {
    resource: { attributes: new Map([['service.name', 'claude-code']]), schemaUrl: '' },
    scope: {
      name: fields.scopeName ?? 'com.anthropic.claude_code.events',
      version: '2.1',
      attributes: new Map(),
    },
    timeUnixNano: START_NS,
    observedTimeUnixNano: 0n,
    traceId: '',
    spanId: '',
    flags: 0,
    severityNumber: 9,
    severityText: '',
    eventName: '',
    body: `claude_code.${eventName}`,
    attributes: new Map(Object.entries({ 'event.name': eventName, ...attributes })),
    ...fields,
  };
}

const IDS = { 'session.id': 's1', 'prompt.id': 'p1', 'user.id': 'u1' };
const SECOND = 1_000_000_000n;
const PROMPT = log('user_prompt', { ...IDS, prompt: 'fix the bug', prompt_length: '11' });
const REQUEST = log(
  'api_request',
  {
    ...IDS,
    model: 'claude-sonnet-4-20250514',
    cost_usd: '0.0875',
    duration_ms: '2000',
    input_tokens: '5',
    output_tokens: '7',
    cache_read_tokens: '100',
    cache_creation_tokens: '20',
    request_id: 'req_1',
  },
  { timeUnixNano: START_NS + 2n * SECOND },
);
const TOOL = log(
  'tool_result',
  {
    ...IDS,
    tool_name: 'Bash',
    success: 'false',
    error: 'exit 1',
    duration_ms: '500',
    tool_parameters: '{"command":"ls"}',
    tool_use_id: 'toolu_1',
  },
  { timeUnixNano: START_NS + 3n * SECOND },
);

function told(...logs: DecodedLog[]): ReturnType<typeof normalizeLogs>['spans'] {
  const batch = normalizeLogs(logs, () => 'test', RECEIVED_AT_MS);
  expect(batch.logs).toHaveLength(logs.length);
  return batch.spans;
}

test('a prompt of Claude Code and what follows it is one run, with calls, tools, tokens and cost', () => {
  const [prompt, call, tool] = told(PROMPT, REQUEST, TOOL);
  expect(prompt).toMatchObject({
    project: 'test',
    name: 'prompt',
    dialect: 'agent_log',
    kind: 'agent',
    parentSpanId: '',
    input: 'fix the bug',
    sessionId: 's1',
    userId: 'u1',
    service: 'claude-code',
    startUnixNano: START_NS,
    durationNano: 0n,
  });
  expect(call).toMatchObject({
    name: 'chat claude-sonnet-4-20250514',
    kind: 'llm',
    provider: 'anthropic',
    requestModel: 'claude-sonnet-4-20250514',
    startUnixNano: START_NS,
    durationNano: 2n * SECOND,
    // The API counts cached tokens beside the others.
    inputTokens: 125,
    cacheReadTokens: 100,
    cacheWriteTokens: 20,
    outputTokens: 7,
    costNanoUsd: 87_500_000,
    costSource: 'reported',
  });
  expect(tool).toMatchObject({
    name: 'execute_tool Bash',
    kind: 'tool',
    tool: 'Bash',
    toolCallId: 'toolu_1',
    input: '{"command":"ls"}',
    status: 'Error',
    statusMessage: 'exit 1',
  });
  for (const span of [call, tool])
    expect(span).toMatchObject({
      traceId: prompt?.traceId,
      runId: prompt?.traceId,
      parentSpanId: prompt?.spanId,
    });
  expect(new Set([prompt?.spanId, call?.spanId, tool?.spanId]).size).toBe(3);
});

test('what Claude Code answered stands in its run, and is no further call', () => {
  const response = log(
    'assistant_response',
    { ...IDS, model: 'claude-sonnet-4-20250514', response: 'Fixed.', request_id: 'req_1' },
    { timeUnixNano: START_NS + 2n * SECOND },
  );
  const [prompt, answer] = told(PROMPT, response);
  expect(answer).toMatchObject({
    name: 'assistant_response',
    kind: 'other',
    output: 'Fixed.',
    traceId: prompt?.traceId,
    parentSpanId: prompt?.spanId,
    inputTokens: null,
    costNanoUsd: null,
  });
});

test('the same record again is the same span; another prompt or session is another run', () => {
  expect(told(REQUEST)).toStrictEqual(told(REQUEST));
  const [one] = told(PROMPT);
  for (const ids of [{ 'prompt.id': 'p2' }, { 'session.id': 's2' }])
    expect(told(log('user_prompt', { ...IDS, ...ids, prompt: 'x' }))[0]?.traceId).not.toBe(one?.traceId);
});

test('a failed request is a failed call', () => {
  const attributes = { ...IDS, model: 'claude-x', error: 'overloaded', status_code: '529' };
  expect(told(log('api_error', attributes))[0]).toMatchObject({
    kind: 'llm',
    status: 'Error',
    statusMessage: 'overloaded',
    errorType: '529',
    costNanoUsd: null,
  });
});

test('without a prompt the run is the session, and no event is its root', () => {
  const { 'prompt.id': _, ...session } = IDS;
  const [prompt] = told(log('user_prompt', { ...session, prompt: 'x' }));
  const [call] = told(log('api_request', { ...session, model: 'm', input_tokens: '1' }));
  expect(prompt?.parentSpanId).not.toBe('');
  expect(call).toMatchObject({ traceId: prompt?.traceId, parentSpanId: prompt?.parentSpanId });
});

test.each([
  [
    'Codex',
    log(
      'codex.sse_event',
      {
        'conversation.id': 'c1',
        model: 'gpt-5',
        input_token_count: '9700',
        output_token_count: '15',
        cached_token_count: '8745',
        reasoning_token_count: '3',
      },
      { scopeName: 'codex_cli_rs' },
    ),
    {
      kind: 'llm',
      conversationId: 'c1',
      inputTokens: 9_700,
      cacheReadTokens: 8_745,
      outputTokens: 15,
      costNanoUsd: 955 * 1_250 + 8_745 * 125 + 15 * 10_000,
    },
  ],
  [
    'a tool of Codex',
    log(
      'codex.tool_result',
      { 'conversation.id': 'c1', tool_name: 'shell', call_id: 'k1', arguments: '{}', output: 'ok' },
      { scopeName: 'codex_cli_rs' },
    ),
    { kind: 'tool', tool: 'shell', toolCallId: 'k1', input: '{}', output: 'ok' },
  ],
  [
    'Gemini CLI',
    log(
      'gemini_cli.api_response',
      {
        'session.id': 's1',
        prompt_id: 'p1',
        model: 'gemini-2.5-flash',
        duration_ms: 1_500n,
        input_token_count: 40n,
        output_token_count: 12n,
        thoughts_token_count: 8n,
        cached_content_token_count: 10n,
      },
      { scopeName: 'gemini-cli' },
    ),
    {
      kind: 'llm',
      inputTokens: 40,
      outputTokens: 20,
      reasoningTokens: 8,
      cacheReadTokens: 10,
      costNanoUsd: 30 * 300 + 10 * 30 + 20 * 2_500,
    },
  ],
  [
    'the conventions',
    log(
      'gen_ai.client.inference.operation.details',
      {
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 3n,
        'gen_ai.input.messages': '[{"role":"user","content":"2+2?"}]',
      },
      { scopeName: 'app' },
    ),
    { kind: 'llm', parentSpanId: '', inputTokens: 3, costNanoUsd: 7_500 },
  ],
])('a call of %s', (_name, record, wanted) => {
  expect(told(record)[0]).toMatchObject(wanted);
});

test('records that point at a span are its content, and other records are logs only', () => {
  const inSpan = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  expect(told({ ...REQUEST, ...inSpan })).toStrictEqual([]);
  expect(
    told(
      log('tool_decision', IDS),
      log('api_request', { ...IDS, model: 'm' }),
      log('codex.sse_event', { model: 'm' }, { scopeName: 'codex_cli_rs' }),
      log('user_prompt', IDS, { scopeName: 'shop' }),
      log('constructor', IDS),
      log('', { unrelated: 'x' }),
    ),
  ).toStrictEqual([]);
});

test.each(['-1', 'NaN', '1e300', 'soon'])('a duration of %s is none', (duration) => {
  const [call] = told(log('api_request', { ...IDS, model: 'm', cost_usd: '1', duration_ms: duration }));
  expect(call).toMatchObject({ startUnixNano: START_NS, durationNano: 0n });
});
