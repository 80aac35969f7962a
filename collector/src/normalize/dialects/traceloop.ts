import { plainOf } from '../attribute-text.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** Its Python instrumentations have scopes beside those of OpenTelemetry's own. */
const INSTRUMENTED = [
  'alephalpha',
  'anthropic',
  'bedrock',
  'chromadb',
  'cohere',
  'crewai',
  'google_generativeai',
  'groq',
  'haystack',
  'lancedb',
  'langchain',
  'llamaindex',
  'marqo',
  'mcp',
  'milvus',
  'mistralai',
  'ollama',
  'openai',
  'openai_agents',
  'pinecone',
  'qdrant',
  'replicate',
  'sagemaker',
  'together',
  'transformers',
  'vertexai',
  'watsonx',
  'weaviate',
  'writer',
] as const;

const VECTOR_STORES = ['chroma', 'lancedb', 'marqo', 'milvus', 'pinecone', 'qdrant', 'weaviate'] as const;
const SEARCHES = new RegExp(`^(?:db\\.)?(?:${VECTOR_STORES.join('|')})\\..*(?:query|search)`);
const FOUND = /^db\.(?:query|search)\.result$/;

/** Its spans of vector stores have no kind: a search is told by its name, and what was found by events, one each. */
function readFound({ name, events }: SpanView, fields: CanonicalFields): void {
  if (!SEARCHES.test(name)) return;
  fields.operation ??= 'retrieval';
  const found = events.flatMap((event) => {
    const values = [...event.attributes].map(([key, value]) => [lastPart(key), plainOf(value)] as const);
    return FOUND.test(event.name) ? [Object.fromEntries(values.filter(([key]) => key !== 'vector'))] : [];
  });
  if (found.length > 0) fields.output ??= JSON.stringify(found);
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** OpenLLMetry by Traceloop, before and after it took over the names of the GenAI conventions. */
export const TRACELOOP: Dialect = {
  name: 'traceloop',
  scopes: ['@traceloop/', ...INSTRUMENTED.map((library) => `opentelemetry.instrumentation.${library}`)],
  prefixes: ['traceloop.', 'llm.request.', 'llm.usage.'],
  sources: {
    provider: ['llm.vendor'],
    inputTokens: ['llm.usage.prompt_tokens', 'llm.usage.input_tokens'],
    outputTokens: ['llm.usage.completion_tokens', 'llm.usage.output_tokens'],
    reasoningTokens: ['llm.usage.reasoning_tokens'],
    totalTokens: ['llm.usage.total_tokens'],
    cacheReadTokens: ['llm.usage.cache_read_input_tokens'],
    cacheWriteTokens: ['llm.usage.cache_creation_input_tokens'],
    finishReasons: ['llm.response.finish_reason'],
    requestModel: ['llm.request.model'],
    responseModel: ['llm.response.model'],
    conversationId: [
      'traceloop.association.properties.conversation_id',
      'traceloop.association.properties.thread_id',
    ],
    sessionId: ['traceloop.association.properties.session_id'],
    userId: ['traceloop.association.properties.user_id'],
    input: [
      'gen_ai.prompt',
      'gen_ai.prompt.*',
      'gen_ai.content.prompt',
      'traceloop.entity.input',
      'gen_ai.task.input',
    ],
    output: [
      'gen_ai.completion',
      'gen_ai.completion.*',
      'gen_ai.content.completion',
      'traceloop.entity.output',
      'gen_ai.task.output',
    ],
    toolDefinitions: ['llm.request.functions', 'llm.request.functions.*'],
  },
  operations: {
    'traceloop.span.kind': {
      workflow: 'invoke_workflow',
      task: 'task',
      agent: 'invoke_agent',
      tool: 'execute_tool',
    },
    'llm.request.type': {
      chat: 'chat',
      completion: 'text_completion',
      embedding: 'embeddings',
      rerank: 'rerank',
      agent: 'invoke_agent',
      tool: 'execute_tool',
    },
  },
  refine: (span, fields) => {
    readFound(span, fields);
    const name = span.attributes.get('traceloop.entity.name');
    if (typeof name !== 'string' || name === '') return;
    const kind = span.attributes.get('traceloop.span.kind') ?? span.attributes.get('llm.request.type');
    if (kind === 'tool') fields.tool ??= name;
    if (kind === 'agent') fields.agent ??= name;
  },
};
