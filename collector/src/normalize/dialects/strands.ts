import { plainOf } from '../attribute-text.ts';
import { readNumber } from '../canonical-fields.ts';
import { blocksText } from '../content/content-text.ts';
import { parsedJson } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** AWS' Strands Agents: conventions of 2025, with all content in span events, that of tools as well. */
export const STRANDS: Dialect = {
  name: 'strands',
  scopes: ['strands', 'strands-agents', 'opentelemetry.instrumentation.strands'],
  prefixes: ['event_loop.', 'gen_ai.event.start_time'],
  sources: { toolResult: ['tool.result'] },
  refine: (span, fields) => {
    const milliseconds = readNumber(span.attributes.get('gen_ai.server.time_to_first_token') ?? null);
    if (milliseconds !== undefined) fields.timeToFirstChunk ??= milliseconds / 1000;
    if (fields.operation !== 'execute_tool') return;
    const given = contentOf(span, 'gen_ai.tool.message', 'content');
    const answered = contentOf(span, 'gen_ai.choice', 'message');
    if (given !== undefined) fields.toolArguments ??= given;
    if (answered !== undefined) fields.toolResult ??= answered;
  },
};

function contentOf(span: SpanView, eventName: string, attribute: string): string | undefined {
  const value = span.events.find(({ name }) => name === eventName)?.attributes.get(attribute);
  if (value === undefined || value === null) return undefined;
  return blocksText(parsedJson(plainOf(value)));
}
