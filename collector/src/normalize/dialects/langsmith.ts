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
  },
};
