import type { AttributeValue } from '../../records.ts';
import { plainOf } from '../attribute-text.ts';
import { readText, type CanonicalFields } from '../canonical-fields.ts';
import { first, isJson, parsedJson, type Json } from '../content/message-part.ts';
import { readEventList } from '../content/message-events.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** What Logfire's instrumentation of the OpenAI Agents SDK calls its spans, by the beginning of the message template. */
const TEMPLATES: readonly (readonly [string, string])[] = [
  ['Agent run: ', 'invoke_agent'],
  ['Function: ', 'execute_tool'],
  ['Guardrail ', 'guardrail'],
  ['OpenAI Agents trace: ', 'invoke_workflow'],
  ['Task: ', 'task'],
  ['Turn ', 'turn'],
  ['Handoff: ', 'handoff'],
  ['Chat completion with ', 'chat'],
  ['Chat Completion with ', 'chat'],
  ['Responses API with ', 'chat'],
  ['Embedding Creation with ', 'embeddings'],
];

/** Pydantic's Logfire: conventions beside names of its own, and what an SDK was asked and answered as JSON. */
export const LOGFIRE: Dialect = {
  name: 'logfire',
  scopes: ['logfire'],
  prefixes: ['logfire.'],
  sourcesAreLocal: true,
  sources: {
    agent: ['agent_name'],
    conversationId: ['group_id'],
    responseId: ['response_id'],
    tags: ['logfire.tags'],
    reportedCost: ['operation.cost'],
    input: ['raw_input'],
    output: ['combined_chunk_content'],
  },
  refine: (span, fields) => {
    nameSpan(span, fields);
    if (span.attributes.has('logfire.feedback.name')) fields.operation ??= 'evaluate';
    readUsage(jsonIn(span, 'usage'), fields);
    readEventList(span.attributes.get('events') ?? null, fields);
    const request = jsonIn(span, 'request_data');
    if (request !== undefined) readRequest(request, fields);
    const response = jsonIn(span, 'response_data');
    if (response !== undefined) readResponse(response, fields);
  },
};

function nameSpan({ attributes }: SpanView, fields: CanonicalFields): void {
  const template = readText(attributes.get('logfire.msg_template') ?? null) ?? '';
  const operation = TEMPLATES.find(([start]) => template.startsWith(start))?.[1];
  if (operation === undefined) return;
  fields.operation ??= operation;
  const name = readText(attributes.get('name') ?? null);
  if (name === undefined) return;
  if (operation === 'invoke_agent') fields.agent ??= name;
  if (operation === 'execute_tool') fields.tool ??= name;
}

function parsed(span: SpanView, name: string): unknown {
  const value: AttributeValue | undefined = span.attributes.get(name);
  return value === undefined ? undefined : parsedJson(plainOf(value));
}

function jsonIn(span: SpanView, name: string): Json | undefined {
  const value = parsed(span, name);
  return isJson(value) ? value : undefined;
}

/** Totals of turns and tasks of the OpenAI Agents SDK. */
function readUsage(usage: Json | undefined, fields: CanonicalFields): void {
  if (usage === undefined) return;
  const inputs = usage['input_tokens_details'];
  const outputs = usage['output_tokens_details'];
  setCount(fields, 'inputTokens', usage['input_tokens']);
  setCount(fields, 'outputTokens', usage['output_tokens']);
  setCount(
    fields,
    'cacheReadTokens',
    usage['cached_input_tokens'] ?? (isJson(inputs) && inputs['cached_tokens']),
  );
  setCount(fields, 'reasoningTokens', isJson(outputs) && outputs['reasoning_tokens']);
}

function setCount(
  fields: CanonicalFields,
  field: 'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'reasoningTokens',
  value: unknown,
): void {
  if (typeof value === 'number' && value >= 0) fields[field] ??= value;
}

function readRequest(request: Json, fields: CanonicalFields): void {
  const asked = first(request, ['messages', 'input', 'prompt', 'contents']);
  if (asked !== undefined) fields.input ??= typeof asked === 'string' ? asked : JSON.stringify(asked);
  if (typeof request['model'] === 'string') fields.requestModel ??= request['model'];
  const system = first(request, ['system', 'instructions']);
  if (system !== undefined)
    fields.systemInstructions ??= typeof system === 'string' ? system : JSON.stringify(system);
  if (Array.isArray(request['tools'])) fields.toolDefinitions ??= JSON.stringify(request['tools']);
}

function readResponse(response: Json, fields: CanonicalFields): void {
  const answer = first(response, ['message', 'combined_chunk_content', 'text']);
  if (answer !== undefined) fields.output ??= typeof answer === 'string' ? answer : JSON.stringify(answer);
}
