import { sumOf } from '../canonical-fields.ts';
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
  refine: ({ attributes }, fields) => {
    const cost = sumOf(attributes, ['gen_ai.usage.input_cost', 'gen_ai.usage.output_cost']);
    if (cost !== undefined) fields.reportedCost ??= cost;
    const written = sumOf(attributes, WRITTEN);
    if (written !== undefined) fields.cacheWriteTokens ??= written;
  },
};

/** Written for five minutes and for an hour, counted apart. */
const WRITTEN: readonly string[] = ['5m', '1h'].map(
  (kept) => `gen_ai.usage.cache_creation.input_tokens.ephemeral_${kept}`,
);
