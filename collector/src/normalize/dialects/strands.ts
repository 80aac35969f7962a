import { plainOf } from '../attribute-text.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** AWS' Strands Agents: conventions of 2025, with all content in span events, that of tools as well. */
export const STRANDS: Dialect = {
  name: 'strands',
  scopes: ['strands', 'strands-agents', 'opentelemetry.instrumentation.strands'],
  prefixes: ['event_loop.', 'gen_ai.event.start_time'],
  sources: { toolResult: ['tool.result'] },
  refine: (span, fields) => {
    if (fields.operation !== 'execute_tool') return;
    const given = contentOf(span, 'gen_ai.tool.message', 'content');
    const answered = contentOf(span, 'gen_ai.choice', 'message');
    if (given !== undefined) fields.toolArguments ??= given;
    if (answered !== undefined) fields.toolResult ??= answered;
  },
};

/** A result is a list of Bedrock's content blocks; one text alone is that text. */
function contentOf(span: SpanView, eventName: string, attribute: string): string | undefined {
  const value = span.events.find(({ name }) => name === eventName)?.attributes.get(attribute);
  if (value === undefined || value === null) return undefined;
  const data = parsedJson(plainOf(value));
  const block: unknown = Array.isArray(data) && data.length === 1 ? data[0] : undefined;
  if (isJson(block) && typeof block['text'] === 'string') return block['text'];
  return typeof data === 'string' ? data : JSON.stringify(data);
}
