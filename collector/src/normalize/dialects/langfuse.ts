import { plainOf } from '../attribute-text.ts';
import { readList, type CanonicalFields } from '../canonical-fields.ts';
import { isJson, parsedJson, type Json } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';
import { fillFromMetadata } from '../metadata.ts';

/** Langfuse's own SDK. Its usage details are disjoint: cached and reasoning tokens stand beside input and output. */
export const LANGFUSE: Dialect = {
  name: 'langfuse',
  scopes: ['langfuse'],
  prefixes: ['langfuse.'],
  sources: {
    // The model name is the response's where the SDK wraps a client, the user's choice where values are set by hand.
    requestModel: ['langfuse.observation.model.name'],
    sessionId: [
      'langfuse.session.id',
      'langfuse.trace.session.id',
      'langfuse.observation.metadata.langfuse_session_id',
      'langfuse.trace.metadata.langfuse_session_id',
    ],
    userId: [
      'langfuse.user.id',
      'langfuse.trace.user.id',
      'langfuse.observation.metadata.langfuse_user_id',
      'langfuse.trace.metadata.langfuse_user_id',
    ],
    tags: ['langfuse.trace.tags'],
    errorMessage: ['langfuse.observation.status_message'],
    level: ['langfuse.observation.level'],
    environment: ['langfuse.environment'],
    input: ['langfuse.observation.input', 'langfuse.trace.input'],
    output: ['langfuse.observation.output', 'langfuse.trace.output'],
  },
  operations: {
    'langfuse.observation.type': {
      generation: 'chat',
      embedding: 'embeddings',
      agent: 'invoke_agent',
      tool: 'execute_tool',
      chain: 'chain',
      retriever: 'retrieval',
      evaluator: 'evaluate',
      guardrail: 'guardrail',
      span: 'span',
      event: 'event',
    },
  },
  refine: (span, fields) => {
    const usage = parsedJson(span.attributes.get('langfuse.observation.usage_details') ?? null);
    if (isJson(usage)) readUsage(usage, fields);
    const costs = parsedJson(span.attributes.get('langfuse.observation.cost_details') ?? null);
    if (isJson(costs)) readCosts(costs, fields);
    for (const name of ['langfuse.observation.metadata', 'langfuse.trace.metadata'])
      fillFromMetadata(plainOf(span.attributes.get(name) ?? null), fields);
    readTags(span, fields);
    readFirstChunk(span, fields);
  },
};

function readUsage(usage: Json, fields: CanonicalFields): void {
  const input = count(usage, ['input', 'prompt_tokens', 'input_tokens', 'promptTokens']);
  const output = count(usage, ['output', 'completion_tokens', 'output_tokens', 'completionTokens']);
  const cacheRead = count(usage, ['input_cache_read', 'cache_read_input_tokens', 'input_cached_tokens']);
  const cacheWrite = count(usage, ['input_cache_creation', 'cache_creation_input_tokens']);
  const reasoning = count(usage, ['output_reasoning', 'output_reasoning_tokens']);
  if (cacheRead !== undefined) fields.cacheReadTokens ??= cacheRead;
  if (cacheWrite !== undefined) fields.cacheWriteTokens ??= cacheWrite;
  if (reasoning !== undefined) fields.reasoningTokens ??= reasoning;
  if (input !== undefined) fields.inputTokens ??= input + (cacheRead ?? 0) + (cacheWrite ?? 0);
  if (output !== undefined) fields.outputTokens ??= output + (reasoning ?? 0);
}

/** Older SDKs write tags as one text with commas. */
function readTags({ attributes }: SpanView, fields: CanonicalFields): void {
  for (const name of ['langfuse.tags', 'langfuse.observation.metadata.langfuse_tags']) {
    const tags = attributes.get(name);
    if (typeof tags === 'string' && tags !== '' && !tags.startsWith('['))
      fields.tags ??= tags.split(',').map((tag) => tag.trim());
    else if (tags !== undefined) fields.tags ??= readList(tags) ?? [];
  }
}

/** A total, else its parts, under any names of the user's choice. */
function readCosts(costs: Json, fields: CanonicalFields): void {
  const parts = Object.entries(costs).flatMap(([name, value]) =>
    typeof value === 'number' && value >= 0 ? [[name, value] as const] : [],
  );
  if (parts.length === 0) return;
  const total = parts.find(([name]) => name === 'total')?.[1];
  fields.reportedCost ??= total ?? parts.reduce((sum, [, value]) => sum + value, 0);
}

function count(usage: Json, names: readonly string[]): number | undefined {
  const found = names.map((name) => usage[name]).find((value) => typeof value === 'number' && value >= 0);
  return typeof found === 'number' ? found : undefined;
}

/** The time of the first chunk is a date. */
function readFirstChunk(span: SpanView, fields: CanonicalFields): void {
  const at = span.attributes.get('langfuse.observation.completion_start_time');
  if (typeof at !== 'string') return;
  const milliseconds = Date.parse(at.replaceAll('"', ''));
  const startMilliseconds = Number(span.startUnixNano / 1_000_000n);
  if (milliseconds >= startMilliseconds)
    fields.timeToFirstChunk ??= (milliseconds - startMilliseconds) / 1000;
}
