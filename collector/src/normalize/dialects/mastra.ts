import type { AttributeValue } from '../../records.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect } from '../dialect.ts';

/** Mastra's observability, and the telemetry of its older majors. */
export const MASTRA: Dialect = {
  name: 'mastra',
  scopes: ['@mastra/', 'mastra'],
  prefixes: ['mastra.'],
  sources: {
    conversationId: ['mastra.metadata.threadId'],
    sessionId: ['mastra.metadata.sessionId'],
    userId: ['mastra.metadata.userId', 'mastra.metadata.resourceId'],
    tags: ['mastra.tags'],
    input: [
      'mastra.input',
      'mastra.agent_run.input',
      'mastra.model_generation.input',
      'mastra.model_step.input',
      'mastra.model_inference.input',
      'mastra.workflow_run.input',
      'mastra.workflow_step.input',
      'mastra.processor_run.input',
      'mastra.span.input',
    ],
    output: [
      'mastra.output',
      'mastra.agent_run.output',
      'mastra.model_generation.output',
      'mastra.model_step.output',
      'mastra.model_inference.output',
      'mastra.workflow_run.output',
      'mastra.workflow_step.output',
      'mastra.processor_run.output',
      'mastra.span.output',
    ],
    toolArguments: ['mastra.tool_call.input', 'mastra.mcp_tool_call.input'],
    toolResult: ['mastra.tool_call.output', 'mastra.mcp_tool_call.output'],
    systemInstructions: ['mastra.agent_run.instructions', 'mastra.instructions'],
  },
  operations: {
    'mastra.span.type': {
      agent_run: 'invoke_agent',
      workflow_run: 'invoke_workflow',
      model_generation: 'chat',
      model_inference: 'chat',
      llm_generation: 'chat',
      model_step: 'chat',
      model_chunk: 'chunk',
      tool_call: 'execute_tool',
      mcp_tool_call: 'execute_tool',
      client_tool_call: 'execute_tool',
      provider_tool_call: 'execute_tool',
      memory_operation: 'search_memory',
      rag_embedding: 'embeddings',
      rag_vector_operation: 'retrieval',
      scorer_run: 'evaluate',
      scorer_step: 'evaluate',
    },
  },
  refine: ({ name, attributes }, fields) => {
    readRequestBody(attributes.get('mastra.model_step.input') ?? null, fields);
    const type = attributes.get('mastra.span.type');
    const quoted = /['"](.+)['"]/.exec(name)?.[1];
    if (quoted === undefined) return;
    if (type === 'agent_run') fields.agent ??= quoted;
    if (type === 'tool_call' || type === 'mcp_tool_call') fields.tool ??= quoted;
  },
};

/** A model step may carry the provider's request as it was sent: `{body: {model, messages}}`. */
function readRequestBody(value: AttributeValue, fields: CanonicalFields): void {
  const request = parsedJson(value);
  const body = isJson(request) ? request['body'] : undefined;
  if (!isJson(body)) return;
  if (typeof body['model'] === 'string') fields.requestModel ??= body['model'];
  if (Array.isArray(body['messages'])) fields.input = JSON.stringify(body['messages']);
  if (Array.isArray(body['tools'])) fields.toolDefinitions ??= JSON.stringify(body['tools']);
}
