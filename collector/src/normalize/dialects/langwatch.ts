import { plainOf } from '../attribute-text.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import { isJson, unwrapped } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';
import { fillFromMetadata } from '../metadata.ts';

/** LangWatch's SDK: contents wrapped as `{type, value}`. */
export const LANGWATCH: Dialect = {
  name: 'langwatch',
  scopes: ['langwatch'],
  prefixes: ['langwatch.'],
  sources: {
    conversationId: ['langwatch.thread.id', 'langwatch.thread_id'],
    userId: ['langwatch.user.id', 'langwatch.user_id'],
    tags: ['langwatch.labels'],
    requestModel: ['langwatch.requested_model', 'langwatch.model'],
    responseModel: ['langwatch.model'],
    inputTokens: ['langwatch.input_tokens'],
    outputTokens: ['langwatch.output_tokens'],
    cacheReadTokens: ['langwatch.cache_read_tokens'],
    reportedCost: ['langwatch.span.cost', 'langwatch.cost.usd'],
    input: ['langwatch.input'],
    output: ['langwatch.output', 'langwatch.gen_ai.output.text', 'langwatch.rag.contexts'],
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
    readMetrics(span, fields);
    fillFromMetadata(unwrapped(plainOf(span.attributes.get('langwatch.metadata') ?? null)), fields);
  },
};

function readMetrics(span: SpanView, fields: CanonicalFields): void {
  const metrics = unwrapped(plainOf(span.attributes.get('langwatch.metrics') ?? null));
  if (!isJson(metrics)) return;
  const { promptTokens, completionTokens, cost } = metrics;
  if (typeof cost === 'number' && cost >= 0) fields.reportedCost ??= cost;
  if (typeof promptTokens === 'number') fields.inputTokens ??= promptTokens;
  if (typeof completionTokens === 'number') fields.outputTokens ??= completionTokens;
}
