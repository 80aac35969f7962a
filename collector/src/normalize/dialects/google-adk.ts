import type { CanonicalFields } from '../canonical-fields.ts';
import { first, isJson, parsedJson, type Json } from '../content/message-part.ts';
import { canonicalMessages } from '../content/messages.ts';
import type { Dialect, SpanView } from '../dialect.ts';

const REQUEST = 'gcp.vertex.agent.llm_request';
const RESPONSE = 'gcp.vertex.agent.llm_response';

/** Google's Agent Development Kit: request and response of a model call as whole JSON objects. */
export const GOOGLE_ADK: Dialect = {
  name: 'google_adk',
  scopes: ['gcp.vertex.agent'],
  prefixes: ['gcp.vertex.agent.'],
  sources: {
    sessionId: ['gcp.vertex.agent.session_id'],
    toolArguments: ['gcp.vertex.agent.tool_call_args'],
    toolResult: ['gcp.vertex.agent.tool_response'],
    input: ['gcp.vertex.agent.data'],
  },
  refine: (span, fields) => {
    const request = blob(span, REQUEST);
    const response = blob(span, RESPONSE);
    if (request !== undefined) readRequest(request, fields);
    if (response !== undefined) readResponse(response, fields);
    if (fields.toolCallId === '<not specified>') delete fields.toolCallId;
    if (span.name === 'call_llm') fields.operation ??= 'generate_content';
    if (span.name === 'invocation') fields.operation ??= 'invoke_workflow';
  },
};

/** Tool spans carry `{}` in both: that is no content. */
function blob(span: SpanView, name: string): Json | undefined {
  const value = parsedJson(span.attributes.get(name) ?? null);
  return isJson(value) && Object.keys(value).length > 0 ? value : undefined;
}

function readRequest(request: Json, fields: CanonicalFields): void {
  const messages = canonicalMessages(request['contents']);
  if (messages !== undefined) fields.input ??= JSON.stringify(messages);
  if (typeof request['model'] === 'string') fields.requestModel ??= request['model'];
  const config = request['config'];
  if (!isJson(config)) return;
  const system = first(config, ['system_instruction', 'systemInstruction']);
  if (typeof system === 'string') fields.systemInstructions ??= system;
  else if (isJson(system)) fields.systemInstructions ??= JSON.stringify(system['parts'] ?? system);
  if (Array.isArray(config['tools'])) fields.toolDefinitions ??= JSON.stringify(config['tools']);
}

function readResponse(response: Json, fields: CanonicalFields): void {
  const messages = canonicalMessages(response['content']);
  // A failed call has an error in place of content.
  fields.output ??= JSON.stringify(messages ?? response);
  const model = first(response, ['model_version', 'modelVersion']);
  if (typeof model === 'string') fields.responseModel ??= model;
  const reason = first(response, ['finish_reason', 'finishReason']);
  if (typeof reason === 'string') fields.finishReasons ??= [reason];
  const usage = first(response, ['usage_metadata', 'usageMetadata']);
  if (!isJson(usage)) return;
  const count = (...names: readonly string[]): number | undefined => {
    const value = first(usage, names);
    return typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const cached = count('cached_content_token_count', 'cachedContentTokenCount');
  const thoughts = count('thoughts_token_count', 'thoughtsTokenCount');
  const prompt = count('prompt_token_count', 'promptTokenCount');
  const candidates = count('candidates_token_count', 'candidatesTokenCount');
  if (cached !== undefined) fields.cacheReadTokens ??= cached;
  if (thoughts !== undefined) fields.reasoningTokens ??= thoughts;
  if (prompt !== undefined)
    fields.inputTokens ??= prompt + (count('tool_use_prompt_token_count', 'toolUsePromptTokenCount') ?? 0);
  // Google counts thinking beside the candidates.
  if (candidates !== undefined) fields.outputTokens ??= candidates + (thoughts ?? 0);
}
