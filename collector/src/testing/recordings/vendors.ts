import { ANSWER, CALL, eventOf, QUESTION, type ToldSpan } from '../told-span.ts';

/** Frameworks and platforms with attributes of their own. */
export const VENDORS: Readonly<Record<string, ToldSpan>> = {
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
        eventOf('gen_ai.user.message', { content: '[{"text":"Weather in Paris?"}]' }),
        eventOf('gen_ai.choice', {
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
    span: { kind: 'llm', inputTokens: 57, cacheWriteTokens: 3, costNanoUsd: 114_200 },
    input: QUESTION,
    output: [{ role: 'assistant', parts: [CALL], finish_reason: 'tool_use' }],
  },
  'Strands, an agent that only its name tells': {
    dialect: 'strands',
    fields: {
      scope: 'opentelemetry.instrumentation.strands',
      name: 'invoke_agent Strands Agents',
      events: [
        eventOf('gen_ai.tool.message', { role: 'user', content: '[{"text":"Weather in Paris?"}]', id: 'm1' }),
      ],
    },
    attributes: { 'gen_ai.request.model': 'gpt-4o' },
    span: { kind: 'agent', operation: 'invoke_agent', costNanoUsd: null },
    input: QUESTION,
  },
  'Strands, a tool': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'execute_tool get_weather',
      events: [
        eventOf('gen_ai.tool.message', { role: 'tool', content: '{"city":"Paris"}', id: 'call_1' }),
        eventOf('gen_ai.choice', { message: '[{"text":"Sunny"}]', id: 'call_1' }),
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
