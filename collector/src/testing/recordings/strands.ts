import { ANSWER, eventOf, QUESTION, type ToldSpan } from '../told-span.ts';

const DETAILS = 'gen_ai.client.inference.operation.details';

/** Strands Agents with the conventions of 2025 and, by opt-in, those of today: all content in events, one per message or part. */
export const STRANDS: Readonly<Record<string, ToldSpan>> = {
  'a call, an event for instructions, for questions and for the answer': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'chat',
      events: [
        eventOf(DETAILS, { 'gen_ai.system_instructions': '[{"type":"text","content":"Be brief."}]' }),
        eventOf(DETAILS, { 'gen_ai.input.messages': JSON.stringify(QUESTION) }),
        eventOf(DETAILS, { 'gen_ai.output.messages': JSON.stringify(ANSWER) }),
      ],
    },
    attributes: {
      'gen_ai.event.start_time': '2026-11-20T10:00:00+00:00',
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'strands-agents',
      'gen_ai.request.model': 'us.amazon.nova-lite-v1:0',
      'gen_ai.usage.prompt_tokens': 40n,
      'gen_ai.usage.input_tokens': 40n,
      'gen_ai.usage.output_tokens': 9n,
      'gen_ai.usage.total_tokens': 49n,
      'gen_ai.usage.cache_read_input_tokens': 30n,
      'gen_ai.server.time_to_first_token': 320n,
    },
    span: {
      kind: 'llm',
      inputTokens: 40,
      outputTokens: 9,
      cacheReadTokens: 30,
      systemInstructions: 'Be brief.',
      timeToFirstChunk: 0.32,
    },
    input: QUESTION,
    output: ANSWER,
  },
  'a tool whose call and result are told as messages': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'execute_tool get_weather',
      events: [
        eventOf(DETAILS, {
          'gen_ai.input.messages':
            '[{"role":"tool","parts":[{"type":"tool_call","name":"get_weather","id":"tooluse_7","arguments":{"city":"Paris"}}]}]',
        }),
        eventOf(DETAILS, {
          'gen_ai.output.messages':
            '[{"role":"tool","parts":[{"type":"tool_call_response","id":"tooluse_7","response":[{"text":"Sunny"}]}]}]',
        }),
      ],
    },
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.provider.name': 'strands-agents',
      'gen_ai.tool.name': 'get_weather',
      'gen_ai.tool.call.id': 'tooluse_7',
      'gen_ai.tool.status': 'success',
    },
    span: {
      kind: 'tool',
      tool: 'get_weather',
      toolCallId: 'tooluse_7',
      input: '{"city":"Paris"}',
      output: 'Sunny',
    },
  },
  'a question after a tool, as events of 2025': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'chat',
      events: [
        eventOf('gen_ai.system.message', { content: '[{"text":"Be brief."}]' }),
        eventOf('gen_ai.user.message', { content: '[{"text":"Weather in Paris?"}]' }),
        eventOf('gen_ai.assistant.message', {
          content: '[{"toolUse":{"toolUseId":"t1","name":"get_weather","input":{"city":"Paris"}}}]',
        }),
        eventOf('gen_ai.tool.message', {
          content: '[{"toolResult":{"toolUseId":"t1","status":"success","content":[{"text":"12 C"}]}}]',
        }),
        eventOf('gen_ai.choice', { finish_reason: 'end_turn', message: '[{"text":"Sunny"}]' }),
      ],
    },
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.system': 'strands-agents' },
    span: { kind: 'llm', systemInstructions: 'Be brief.' },
    input: [
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      ...QUESTION,
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 't1', name: 'get_weather', arguments: { city: 'Paris' } }],
      },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: 't1', response: [{ text: '12 C' }] }],
      },
    ],
    output: [{ ...ANSWER[0], finish_reason: 'end_turn' }],
  },
  'several agents': {
    dialect: 'strands',
    fields: {
      scope: 'strands.telemetry.tracer',
      name: 'invoke_swarm',
      events: [eventOf('gen_ai.user.message', { content: 'Weather in Paris?' })],
    },
    attributes: { 'gen_ai.operation.name': 'invoke_swarm', 'gen_ai.agent.name': 'swarm' },
    span: { kind: 'workflow', operation: 'invoke_swarm', agent: 'swarm' },
    input: QUESTION,
  },
};
