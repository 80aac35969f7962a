import { sumOf, type CanonicalFields } from '../canonical-fields.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** Arize's OpenInference: flattened messages below `llm.input_messages`, `openinference.span.kind` on every span. */
export const OPENINFERENCE: Dialect = {
  name: 'openinference',
  scopes: ['@arizeai/openinference', 'openinference.instrumentation'],
  prefixes: ['openinference.', 'llm.'],
  sources: {
    provider: ['llm.provider', 'llm.system'],
    requestModel: [
      'llm.request.model_name',
      'llm.model_name',
      'llm.model',
      'embedding.model_name',
      'reranker.model_name',
    ],
    responseModel: ['llm.response.model_name'],
    responseId: ['llm.response.id'],
    finishReasons: ['llm.finish_reason'],
    agent: ['agent.name'],
    tool: ['tool.name'],
    toolCallId: ['tool_call.id', 'tool.call_id', 'tool.id', 'message.tool_call_id'],
    tags: ['tag.tags'],
    inputTokens: ['llm.token_count.prompt'],
    outputTokens: ['llm.token_count.completion'],
    cacheReadTokens: [
      'llm.token_count.prompt_details.cache_read',
      'llm.token_count.prompt_details.cache_input',
      'llm.token_count.prompt_details.cached_tokens',
    ],
    cacheWriteTokens: [
      'llm.token_count.prompt_details.cache_write',
      'llm.token_count.prompt_details.cache_creation',
    ],
    reasoningTokens: ['llm.token_count.completion_details.reasoning'],
    totalTokens: ['llm.token_count.total'],
    reportedCost: ['llm.cost.total'],
    input: [
      'llm.input_messages',
      'llm.input_messages.*',
      'llm.prompts',
      'llm.prompts.*',
      'llm.messages',
      'embedding.text',
      'reranker.query',
    ],
    output: [
      'llm.output_messages',
      'llm.output_messages.*',
      'llm.completions',
      'llm.completions.*',
      'llm.choices.*',
      'llm.completion',
      'retrieval.documents',
      'retrieval.documents.*',
      'reranker.output_documents.*',
    ],
    toolDefinitions: ['llm.tools', 'llm.tools.*'],
    toolArguments: ['tool.parameters', 'tool_call.function.arguments'],
  },
  operations: {
    'openinference.span.kind': {
      llm: 'chat',
      agent: 'invoke_agent',
      tool: 'execute_tool',
      chain: 'chain',
      retriever: 'retrieval',
      reranker: 'rerank',
      embedding: 'embeddings',
      guardrail: 'guardrail',
      evaluator: 'evaluate',
      prompt: 'prompt',
    },
  },
  refine: (span, fields) => {
    readEmbedded(span, fields);
    readParameters(span, fields);
    const cost = sumOf(span.attributes, ['llm.cost.prompt', 'llm.cost.completion']);
    if (cost !== undefined) fields.reportedCost ??= cost;
    // Haystack's retrievers and others without a kind.
    if (span.attributes.has('retrieval.documents') && !span.attributes.has('openinference.span.kind'))
      fields.operation ??= 'retrieval';
  },
};

const EMBEDDED = /^embedding\.embeddings\.\d+\.embedding\.text$/;

/** What was made into vectors, without the vectors: each text is an attribute. */
function readEmbedded({ attributes }: SpanView, fields: CanonicalFields): void {
  if (!attributes.has('embedding.model_name') || attributes.has('embedding.text')) return;
  const texts = [...attributes].flatMap(([name, text]) => (EMBEDDED.test(name) ? [text] : []));
  if (texts.length > 0) fields.input = texts;
}

/** The system prompt of Anthropic calls stands in the request parameters only. */
function readParameters(span: SpanView, fields: CanonicalFields): void {
  if (fields.systemInstructions !== undefined) return;
  const parameters = parsedJson(span.attributes.get('llm.invocation_parameters') ?? null);
  if (!isJson(parameters)) return;
  const system = parameters['system'] ?? parameters['system_instruction'] ?? parameters['instructions'];
  if (typeof system === 'string' && system !== '') fields.systemInstructions = system;
  else if (Array.isArray(system)) fields.systemInstructions = JSON.stringify(system);
}
