import { ATTR } from '@tracelore/sdk/contract';
import type { Attributes } from '../../records.ts';
import { plainOf } from '../attribute-text.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import type { Dialect } from '../dialect.ts';

/**
 * OpenTelemetry GenAI conventions of any age: the names of today first, then what they were called before. What Tracelore's
 * own SDK writes is this dialect.
 */
export const GEN_AI: Dialect = {
  name: 'gen_ai',
  scopes: [
    '@tracelore/',
    'gen_ai',
    '@opentelemetry/instrumentation-openai',
    'opentelemetry.instrumentation.openai_v2',
    'opentelemetry.instrumentation.google_genai',
    'opentelemetry.util.genai',
    'com.anthropic.sdk.typescript',
  ],
  prefixes: ['gen_ai.'],
  sources: {
    operation: [ATTR.operation],
    provider: [ATTR.provider, 'gen_ai.system'],
    requestModel: [ATTR.requestModel],
    responseModel: [ATTR.responseModel],
    responseId: [ATTR.responseId],
    finishReasons: [
      ATTR.finishReasons,
      'gen_ai.response.finish_reason',
      'gen_ai.response.stop_reason',
      'anthropic.message.stop_reason',
    ],
    agent: [ATTR.agentName, 'gen_ai.workflow.name'],
    tool: [ATTR.toolName],
    toolCallId: [ATTR.toolCallId, 'gen_ai.tool.call_id'],
    conversationId: [ATTR.conversationId, 'gen_ai.thread.id'],
    sessionId: [ATTR.sessionId, 'gen_ai.session.id'],
    userId: [ATTR.userId, 'enduser.id', 'enduser.pseudo.id', 'gen_ai.user.id', 'gen_ai.request.user'],
    errorType: [ATTR.errorType],
    errorMessage: ['error.message', 'span.error.message'],
    tags: [ATTR.tags],
    inputTokens: [ATTR.inputTokens, 'gen_ai.usage.prompt_tokens'],
    outputTokens: [ATTR.outputTokens, 'gen_ai.usage.completion_tokens'],
    cacheReadTokens: [
      ATTR.cacheReadTokens,
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.cached_input_tokens',
      'gen_ai.usage.input_tokens.cached',
      'gen_ai.usage.cache_read_tokens',
      'gen_ai.usage.details.cache_read_tokens',
      'gen_ai.usage.details.cache_read_input_tokens',
      'gen_ai.usage.details.cached_tokens',
      'gen_ai.usage.cached_tokens',
      'gen_ai.usage.input_tokens_details.cached_tokens',
      'gen_ai.usage.input_token_details.cache_read',
      'gen_ai.usage.prompt_tokens_details.cached_tokens',
    ],
    cacheWriteTokens: [
      ATTR.cacheWriteTokens,
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
      'gen_ai.usage.cache_write_input_tokens',
      'gen_ai.usage.cache_write_tokens',
      'gen_ai.usage.cache_creation_tokens',
      'gen_ai.usage.input_token_details.cache_creation',
      'gen_ai.usage.details.cache_write_tokens',
      'gen_ai.usage.details.cache_creation_input_tokens',
    ],
    reasoningTokens: [
      ATTR.reasoningTokens,
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.reasoning_output_tokens',
      'gen_ai.usage.thoughts_tokens',
      'gen_ai.usage.output_tokens.reasoning',
      'gen_ai.usage.details.reasoning_tokens',
      'gen_ai.usage.experimental.reasoning_tokens',
      'gen_ai.usage.output_tokens_details.reasoning_tokens',
      'gen_ai.usage.output_token_details.reasoning',
      'gen_ai.usage.completion_tokens_details.reasoning_tokens',
    ],
    totalTokens: ['gen_ai.usage.total_tokens'],
    timeToFirstChunk: [ATTR.timeToFirstChunk, 'gen_ai.client.operation.time_to_first_chunk'],
    // No convention: OpenLIT and Laminar, OpenRouter, LiteLLM.
    reportedCost: [
      'gen_ai.usage.cost',
      'gen_ai.usage.total_cost',
      'gen_ai.usage.cost_usd',
      'gen_ai.cost.total_cost',
      'gen_ai.cost.usd',
      'llm.usage.cost',
    ],
    input: [ATTR.inputMessages, 'gen_ai.input_messages', ATTR.retrievalQuery, ATTR.memoryQueryText],
    output: [ATTR.outputMessages, 'gen_ai.output_messages', ATTR.retrievalDocuments, ATTR.memoryRecords],
    systemInstructions: [ATTR.systemInstructions, 'gen_ai.system.instructions'],
    toolDefinitions: [ATTR.toolDefinitions, 'gen_ai.tool_definitions', 'gen_ai.request.tools'],
    toolArguments: [
      ATTR.toolArguments,
      'gen_ai.tool.arguments',
      'gen_ai.tool.input',
      'gen_ai.tool.parameters',
    ],
    toolResult: [
      ATTR.toolResult,
      'gen_ai.tool.result',
      'gen_ai.tool.output',
      'gen_ai.tool.message',
      'code.function.return.value',
    ],
  },
  operations: { 'mcp.method.name': { 'tools/call': 'execute_tool' } },
  refine: ({ name, attributes }, fields) => {
    if (fields.operation === 'execute_tool') readParameters(attributes, fields);
    if (fields.operation === undefined && NAMED.test(name)) fields.operation = name.split(' ', 1)[0] ?? '';
  },
};

const PARAMETER = /^code\.function\.parameters\.(.+)\.value$/;

/** Google's SDK runs tools itself, and its instrumentation tells of them as of any function: one attribute per parameter. */
function readParameters(attributes: Attributes, fields: CanonicalFields): void {
  const parameters = [...attributes].flatMap(([name, value]) => {
    const parameter = PARAMETER.exec(name)?.[1];
    return parameter === undefined ? [] : [[parameter, plainOf(value)] as const];
  });
  if (parameters.length > 0) fields.toolArguments ??= JSON.stringify(Object.fromEntries(parameters));
}

/** Spans of agents and tools begin with their operation, by convention; model spans are told by what they carry. */
const NAMED = /^(?:invoke_agent|create_agent|invoke_workflow|execute_tool)(?: |$)/;
