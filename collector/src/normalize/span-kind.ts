import { kindOfOperation, type SpanKindName } from '@tracelore/sdk/contract';
import type { Attributes } from '../records.ts';
import { readText, type CanonicalFields } from './canonical-fields.ts';
import { DIALECTS } from './dialects/index.ts';

const MARKERS: readonly (readonly [string, Readonly<Record<string, string>>])[] = DIALECTS.flatMap(
  (dialect) => Object.entries(dialect.operations ?? {}),
);

/** Operations that older or careless instrumentations write in place of the conventions' names. */
const COMMON_NAMES: ReadonlyMap<string, SpanKindName> = new Map<string, SpanKindName>([
  ['completion', 'llm'],
  ['generate', 'llm'],
  ['generate_text', 'llm'],
  ['llm', 'llm'],
  ['embedding', 'embedding'],
  ['embed', 'embedding'],
  ['tool', 'tool'],
  ['execute_function', 'tool'],
  ['agent', 'agent'],
  ['workflow', 'workflow'],
  ['guardrail_check', 'guardrail'],
  ['invoke_swarm', 'workflow'],
  // Mastra's spans around its model calls, which have a span of their own.
  ['model_generation', 'other'],
  ['agent_step', 'other'],
  ['invoke_graph', 'workflow'],
]);

/** What a span is: the operation in the words of the GenAI conventions, and our kind. */
export interface Nature {
  /** `''` when the span does not say. */
  readonly operation: string;
  readonly kind: SpanKindName;
}

/**
 * The operation a span names itself, else what a vendor's marker says (`openinference.span.kind` and the like). A span
 * without either gets a kind from what it carries, but no operation: that would be invented.
 */
export function natureOf(attributes: Attributes, fields: CanonicalFields): Nature {
  const named = fields.operation;
  if (named !== undefined) {
    const common = COMMON_NAMES.get(named.toLowerCase());
    const kind = common ?? kindOfOperation(named);
    if (common !== undefined || kind !== 'other') return { operation: named, kind };
  }
  const marked = markedOperation(attributes);
  if (marked !== undefined) return { operation: named ?? marked, kind: kindOfOperation(marked) };
  if (named !== undefined) return { operation: named, kind: 'other' };
  return { operation: '', kind: kindOfContent(fields) };
}

function markedOperation(attributes: Attributes): string | undefined {
  for (const [attribute, operations] of MARKERS) {
    const value = readText(attributes.get(attribute) ?? null);
    if (value === undefined) continue;
    const word = wordOf(value);
    if (Object.hasOwn(operations, word)) return operations[word];
  }
  return undefined;
}

/** The first word in lower case, without the quotes of a sender that writes texts as JSON. */
function wordOf(value: string): string {
  const word = value.startsWith('"') ? value.slice(1, -1) : value;
  const space = word.indexOf(' ');
  return (space === -1 ? word : word.slice(0, space)).toLowerCase();
}

function kindOfContent(fields: CanonicalFields): SpanKindName {
  if (
    fields.toolArguments !== undefined ||
    fields.toolResult !== undefined ||
    fields.toolCallId !== undefined
  )
    return 'tool';
  const model = fields.requestModel ?? fields.responseModel;
  const called =
    fields.inputTokens ?? fields.outputTokens ?? fields.input ?? fields.output ?? fields.finishReasons;
  return model !== undefined && called !== undefined ? 'llm' : fields.tool === undefined ? 'other' : 'tool';
}
