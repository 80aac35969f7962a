import type { CanonicalFields } from '../canonical-fields.ts';
import { readText } from '../canonical-fields.ts';
import { first, isJson, parsedJson, type Json } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** Google's Genkit: every action a span, with the action's whole input and output as JSON. */
export const GENKIT: Dialect = {
  name: 'genkit',
  scopes: ['genkit'],
  prefixes: ['genkit:'],
  sources: {
    agent: ['genkit:metadata:agent:name'],
    sessionId: ['genkit:sessionId'],
    input: ['genkit:input'],
    output: ['genkit:output'],
  },
  operations: {
    'genkit:metadata:subtype': {
      model: 'chat',
      tool: 'execute_tool',
      flow: 'invoke_workflow',
      retriever: 'retrieval',
      reranker: 'rerank',
      embedder: 'embeddings',
      evaluator: 'evaluate',
      agent: 'invoke_agent',
    },
  },
  refine: (span, fields) => {
    const name = readText(span.attributes.get('genkit:name') ?? null);
    const subtype = span.attributes.get('genkit:metadata:subtype');
    if (subtype === 'tool' && name !== undefined) fields.tool ??= name;
    if (subtype !== 'model' && subtype !== 'embedder') return;
    if (name !== undefined) readModelName(name, fields);
    const output = json(span, 'genkit:output');
    if (output !== undefined && subtype === 'model') readAnswer(output, fields);
    const input = json(span, 'genkit:input');
    if (Array.isArray(input?.['tools']) && input['tools'].length > 0)
      fields.toolDefinitions ??= JSON.stringify(input['tools']);
    if (Array.isArray(input?.['messages'])) fields.input = JSON.stringify(input['messages']);
  },
};

const PLUGINS: ReadonlyMap<string, string> = new Map([
  ['googleai', 'gcp.gemini'],
  ['vertexai', 'gcp.vertex_ai'],
  ['vertexModelGarden', 'gcp.vertex_ai'],
]);

/** `googleai/gemini-2.5-flash`: the plugin and its model. */
function readModelName(name: string, fields: CanonicalFields): void {
  const slash = name.indexOf('/');
  fields.requestModel ??= name.slice(slash + 1);
  if (slash > 0) fields.provider ??= PLUGINS.get(name.slice(0, slash)) ?? name.slice(0, slash);
}

function readAnswer(output: Json, fields: CanonicalFields): void {
  const { message, usage } = output;
  const content = output['candidates'];
  const answer =
    message ?? (Array.isArray(content) && isJson(content[0]) ? content[0]['message'] : undefined);
  if (isJson(answer)) fields.output = JSON.stringify([answer]);
  const reason = first(output, ['finishReason', 'finish_reason']);
  if (typeof reason === 'string') fields.finishReasons ??= [reason];
  if (!isJson(usage)) return;
  const count = (name: string): number | undefined => {
    const value = usage[name];
    return typeof value === 'number' && value >= 0 ? value : undefined;
  };
  const input = count('inputTokens');
  const answered = count('outputTokens');
  const thoughts = count('thoughtsTokens');
  const cached = count('cachedContentTokens');
  if (input !== undefined) fields.inputTokens ??= input;
  // Google counts thinking beside the answer, and Genkit keeps its numbers.
  if (answered !== undefined) fields.outputTokens ??= answered + (thoughts ?? 0);
  if (thoughts !== undefined) fields.reasoningTokens ??= thoughts;
  if (cached !== undefined) fields.cacheReadTokens ??= cached;
}

function json(span: SpanView, name: string): Json | undefined {
  const value = parsedJson(span.attributes.get(name) ?? null);
  return isJson(value) ? value : undefined;
}
