import type { AttributeValue } from '../../records.ts';
import { plainOf } from '../attribute-text.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** LangWatch's SDK: values wrapped as `{type, value}`. */
export const LANGWATCH: Dialect = {
  name: 'langwatch',
  scopes: ['langwatch'],
  prefixes: ['langwatch.'],
  sources: {
    conversationId: ['langwatch.thread.id', 'langwatch.thread_id'],
    userId: ['langwatch.user.id', 'langwatch.user_id'],
    tags: ['langwatch.labels'],
  },
  operations: {
    'langwatch.span.type': {
      llm: 'chat',
      agent: 'invoke_agent',
      workflow: 'invoke_workflow',
      tool: 'execute_tool',
      rag: 'retrieval',
      guardrail: 'guardrail',
      evaluation: 'evaluate',
      chain: 'chain',
      component: 'component',
      span: 'span',
    },
  },
  refine: (span, fields) => {
    fields.input ??= wrapped(span, 'langwatch.input');
    fields.output ??= wrapped(span, 'langwatch.output');
    readMetrics(span, fields);
    readMetadata(span, fields);
  },
};

function unwrap(value: AttributeValue | undefined): unknown {
  const data = typeof value === 'string' ? parsedJson(value) : plainOf(value ?? null);
  return isJson(data) && typeof data['type'] === 'string' && 'value' in data ? data['value'] : data;
}

function wrapped(span: SpanView, name: string): AttributeValue {
  const value = unwrap(span.attributes.get(name));
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readMetrics(span: SpanView, fields: CanonicalFields): void {
  const metrics = unwrap(span.attributes.get('langwatch.metrics'));
  if (!isJson(metrics)) return;
  const { promptTokens, completionTokens } = metrics;
  if (typeof promptTokens === 'number') fields.inputTokens ??= promptTokens;
  if (typeof completionTokens === 'number') fields.outputTokens ??= completionTokens;
}

function readMetadata(span: SpanView, fields: CanonicalFields): void {
  const metadata = unwrap(span.attributes.get('langwatch.metadata'));
  if (!isJson(metadata)) return;
  const thread = metadata['thread_id'] ?? metadata['threadId'];
  const user = metadata['user_id'] ?? metadata['userId'];
  if (typeof thread === 'string') fields.conversationId ??= thread;
  if (typeof user === 'string') fields.userId ??= user;
}
