import type { Dialect } from '../dialect.ts';

/** Laminar's SDK. */
export const LAMINAR: Dialect = {
  name: 'laminar',
  scopes: ['lmnr', '@lmnr-ai/'],
  prefixes: ['lmnr.'],
  sources: {
    provider: ['lmnr.association.properties.ls_provider'],
    requestModel: ['lmnr.association.properties.ls_model_name'],
    sessionId: ['lmnr.association.properties.session_id'],
    userId: ['lmnr.association.properties.user_id'],
    tags: ['lmnr.association.properties.tags'],
    input: ['lmnr.span.input'],
    output: ['lmnr.span.output'],
  },
  operations: {
    'lmnr.span.type': {
      llm: 'chat',
      cached: 'chat',
      tool: 'execute_tool',
      executor: 'invoke_agent',
      evaluator: 'evaluate',
      human_evaluator: 'evaluate',
      evaluation: 'evaluation',
      default: 'span',
    },
  },
};
