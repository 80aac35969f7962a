/** What a span is, in Tracelore's words. Stored in `spans.kind`. */
export const SPAN_KINDS = [
  'agent',
  'workflow',
  'llm',
  'tool',
  'retriever',
  'embedding',
  'memory',
  'guardrail',
  'evaluator',
  'other',
] as const;

export type SpanKindName = (typeof SPAN_KINDS)[number];

/** `gen_ai.operation.name` written for each kind; `other` writes none. */
export const OPERATION_OF_KIND: Readonly<Record<SpanKindName, string | undefined>> = {
  agent: 'invoke_agent',
  workflow: 'invoke_workflow',
  llm: 'chat',
  tool: 'execute_tool',
  retriever: 'retrieval',
  embedding: 'embeddings',
  memory: 'search_memory',
  guardrail: 'guardrail',
  evaluator: 'evaluate',
  other: undefined,
};

const KIND_OF_OPERATION: ReadonlyMap<string, SpanKindName> = new Map<string, SpanKindName>([
  ['invoke_agent', 'agent'],
  ['create_agent', 'agent'],
  ['invoke_workflow', 'workflow'],
  ['chat', 'llm'],
  ['generate_content', 'llm'],
  ['text_completion', 'llm'],
  ['fetch_response', 'llm'],
  ['execute_tool', 'tool'],
  ['retrieval', 'retriever'],
  ['embeddings', 'embedding'],
  ['guardrail', 'guardrail'],
  ['evaluate', 'evaluator'],
]);

/** Kind for a `gen_ai.operation.name`; memory operations end in `_memory` or `_memory_store`; unknown names are `other`. */
export function kindOfOperation(operation: string): SpanKindName {
  if (operation.endsWith('_memory') || operation.endsWith('_memory_store')) return 'memory';
  return KIND_OF_OPERATION.get(operation) ?? 'other';
}
