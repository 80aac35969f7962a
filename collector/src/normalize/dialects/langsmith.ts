import type { Attributes } from '../../records.ts';
import { readNumber, type CanonicalFields, type NumberField } from '../canonical-fields.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect } from '../dialect.ts';

/** LangSmith's OpenTelemetry export of LangChain runs. */
export const LANGSMITH: Dialect = {
  name: 'langsmith',
  scopes: ['langsmith'],
  prefixes: ['langsmith.'],
  sources: {
    provider: ['langsmith.metadata.ls_provider', 'ls_provider'],
    requestModel: ['langsmith.metadata.ls_model_name', 'ls_model_name'],
    conversationId: ['langsmith.metadata.thread_id', 'langsmith.metadata.conversation_id'],
    sessionId: ['langsmith.trace.session_id', 'langsmith.metadata.session_id'],
    userId: ['langsmith.metadata.user_id'],
    tags: ['langsmith.span.tags'],
    input: ['langsmith.inputs'],
    output: ['langsmith.outputs'],
  },
  operations: {
    'langsmith.span.kind': {
      llm: 'chat',
      chain: 'chain',
      tool: 'execute_tool',
      retriever: 'retrieval',
      embedding: 'embeddings',
      prompt: 'prompt',
      parser: 'parser',
    },
  },
  refine: ({ attributes }, fields) => {
    const tags = attributes.get('langsmith.span.tags');
    if (typeof tags === 'string' && !tags.startsWith('['))
      fields.tags = tags.split(',').map((tag) => tag.trim());
    correctOperation(attributes, fields);
    // What it writes when it does not know.
    const provider = attributes.get('langsmith.metadata.ls_provider');
    if (fields.provider === 'langchain' && typeof provider === 'string') fields.provider = provider;
    const [reasons = ''] = fields.finishReasons ?? [];
    if (fields.finishReasons?.length === 1 && reasons.includes(', '))
      fields.finishReasons = reasons.split(', ');
    readUsage(attributes, fields);
  },
};

/** It calls retrievers embeddings and prompt templates chats; its own word for them tells. */
function correctOperation(attributes: Attributes, fields: CanonicalFields): void {
  const kind = attributes.get('langsmith.span.kind');
  if (kind === 'retriever' && fields.operation === 'embeddings') fields.operation = 'retrieval';
  if (kind === 'prompt' && fields.operation === 'chat') fields.operation = 'prompt';
}

/** LangChain's counts as JSON; the details of them stand as Python writes a dictionary. */
function readUsage(attributes: Attributes, fields: CanonicalFields): void {
  const told =
    attributes.get('langsmith.usage_metadata') ?? attributes.get('langsmith.metadata.usage_metadata');
  const usage = parsedJson(told ?? null);
  const details = (side: 'input' | 'output'): string => {
    const inside = isJson(usage) ? usage[`${side}_token_details`] : undefined;
    const text = attributes.get(`gen_ai.usage.${side}_token_details`);
    return typeof text === 'string' ? text : JSON.stringify(inside ?? {});
  };
  const set = (field: NumberField, value: unknown): void => {
    const count = typeof value === 'number' || typeof value === 'string' ? readNumber(value) : undefined;
    if (count !== undefined) fields[field] ??= count;
  };
  if (isJson(usage)) {
    set('inputTokens', usage['input_tokens']);
    set('outputTokens', usage['output_tokens']);
  }
  set('cacheReadTokens', countIn(details('input'), 'cache_read'));
  set('cacheWriteTokens', countIn(details('input'), 'cache_creation'));
  set('reasoningTokens', countIn(details('output'), 'reasoning'));
}

function countIn(details: string, name: string): string | undefined {
  return new RegExp(`['"]${name}['"]: ?(\\d+)`).exec(details)?.[1];
}
