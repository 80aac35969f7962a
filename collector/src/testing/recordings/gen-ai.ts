import { ANSWER, CALL, eventOf, QUESTION, type ToldSpan } from '../told-span.ts';

/** The conventions as OpenTelemetry's own and the providers' instrumentations write them. */
export const GEN_AI: Readonly<Record<string, ToldSpan>> = {
  'messages as structured values, not as text': {
    dialect: 'gen_ai',
    fields: { scope: 'opentelemetry.util.genai.handler', name: 'chat gpt-4o' },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.response.finish_reasons': ['tool_calls'],
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] }],
      'gen_ai.output.messages': [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'I need the weather.' },
            { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: { city: 'Paris' } },
          ],
          finish_reason: 'tool_calls',
        },
      ],
      'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
      'gen_ai.tool_definitions': '[{"type":"function","name":"get_weather"}]',
      'gen_ai.usage.input_tokens': 57n,
      'gen_ai.usage.output_tokens': 17n,
      'gen_ai.usage.cache_read.input_tokens': 32n,
      'gen_ai.usage.reasoning.output_tokens': 6n,
    },
    span: {
      kind: 'llm',
      provider: 'openai',
      finishReasons: ['tool_calls'],
      systemInstructions: 'Be brief.',
      toolDefinitions: '[{"type":"function","name":"get_weather"}]',
      inputTokens: 57,
      cacheReadTokens: 32,
      reasoningTokens: 6,
    },
    input: QUESTION,
    output: [
      {
        role: 'assistant',
        parts: [{ type: 'reasoning', content: 'I need the weather.' }, CALL],
        finish_reason: 'tool_calls',
      },
    ],
  },
  'a workflow with a name of its own': {
    dialect: 'gen_ai',
    fields: { scope: 'opentelemetry.util.genai.handler', name: 'invoke_workflow triage' },
    attributes: {
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'triage',
      'gen_ai.input.messages': JSON.stringify(QUESTION),
    },
    span: { kind: 'workflow', agent: 'triage' },
    input: QUESTION,
  },
  'a tool of an MCP server, told by the client': {
    dialect: 'gen_ai',
    fields: { scope: 'mcp', name: 'tools/call get_weather', otelKind: 'Client' },
    attributes: {
      'mcp.method.name': 'tools/call',
      'mcp.protocol.version': '2025-06-18',
      'mcp.session.id': 'mcp-session-1',
      'jsonrpc.request.id': '7',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.arguments': '{"city":"Paris"}',
      'gen_ai.tool.call.result': '{"content":[{"type":"text","text":"Sunny"}],"isError":false}',
    },
    span: { kind: 'tool', tool: 'get_weather', input: '{"city":"Paris"}', output: 'Sunny' },
  },
  'a check of the OpenAI Agents SDK': {
    // Two instrumentations share this scope.
    dialect: 'traceloop',
    fields: { scope: 'opentelemetry.instrumentation.openai_agents', name: 'guardrail_check no-weather' },
    attributes: {
      'gen_ai.operation.name': 'guardrail_check',
      'gen_ai.provider.name': 'openai',
      'gen_ai.guardrail.name': 'no-weather',
      'gen_ai.guardrail.triggered': false,
    },
    span: { kind: 'guardrail', operation: 'guardrail_check' },
  },
  'the tools of an MCP server, asked for': {
    dialect: 'plain',
    fields: { scope: 'mcp', name: 'tools/list', otelKind: 'Client' },
    attributes: { 'mcp.method.name': 'tools/list', 'mcp.session.id': 'mcp-session-1' },
    span: { kind: 'other' },
  },
  'an embedding': {
    dialect: 'gen_ai',
    fields: { scope: 'opentelemetry.instrumentation.openai_v2', name: 'embeddings text-embedding-3-small' },
    attributes: {
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.system': 'openai',
      'gen_ai.request.model': 'text-embedding-3-small',
      'gen_ai.embeddings.dimension.count': 1536n,
      'gen_ai.usage.input_tokens': 8n,
    },
    span: { kind: 'embedding', inputTokens: 8, outputTokens: null, costNanoUsd: 160 },
  },
  'Google Gen AI, with counts as texts and a failed call': {
    dialect: 'gen_ai',
    fields: {
      scope: 'opentelemetry.instrumentation.google_genai',
      name: 'generate_content gemini-2.5-flash',
      status: 'Error',
      statusMessage: '',
      events: [
        eventOf('exception', {
          'exception.type': 'google.genai.errors.ServerError',
          'exception.message': '503 overloaded',
        }),
      ],
    },
    attributes: {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.system': 'gemini',
      'gen_ai.request.model': 'gemini-2.5-flash',
      'gen_ai.usage.input_tokens': '12',
      'error.type': 'ServerError',
    },
    span: {
      kind: 'llm',
      provider: 'gcp.gemini',
      inputTokens: 12,
      errorType: 'ServerError',
      statusMessage: '503 overloaded',
    },
  },
  'one event per message, its body as attributes': {
    dialect: 'gen_ai',
    fields: {
      name: 'chat claude-sonnet-4-5',
      events: [
        eventOf('gen_ai.user.message', {
          'gen_ai.system': 'anthropic',
          content: 'Weather in Paris?',
          role: 'user',
        }),
        eventOf('gen_ai.choice', {
          index: '0',
          finish_reason: 'stop',
          message: '{"role":"assistant","content":"Sunny"}',
        }),
      ],
    },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.system': 'anthropic',
      'gen_ai.request.model': 'claude-sonnet-4-5',
      'gen_ai.usage.prompt_tokens': 30n,
      'gen_ai.usage.completion_tokens': 5n,
    },
    span: { kind: 'llm', inputTokens: 30, outputTokens: 5 },
    input: QUESTION,
    output: [{ ...ANSWER[0], finish_reason: 'stop' }],
  },
};
