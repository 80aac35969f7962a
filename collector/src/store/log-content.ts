import { ATTR } from '@tracelore/sdk/contract';
import { textOf } from '../normalize/attribute-text.ts';
import type { CanonicalFields } from '../normalize/canonical-fields.ts';
import { eventFields } from '../normalize/content/message-events.ts';
import type { Attributes, SpanEvent } from '../records.ts';
import type { SpanView } from './store.ts';

/** A log record that belongs to a span, as the driver returns it. */
export interface ContentLog {
  readonly trace_id: string;
  readonly span_id: string;
  readonly event_name: string;
  readonly scope_name: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Some instrumentations put what a model was asked and what it answered into log records that point at the span. */
export function lacksContent(span: SpanView): boolean {
  return span.kind === 'llm' && (span.input === '' || span.output === '');
}

/** Spans with the content of their log records, where they have none of their own. Logs in order of time. */
export function withLogContent(spans: readonly SpanView[], logs: readonly ContentLog[]): SpanView[] {
  const logsOf = Map.groupBy(logs, (log) => `${log.trace_id}:${log.span_id}`);
  return spans.map((span) => {
    const ofSpan = logsOf.get(`${span.traceId}:${span.spanId}`);
    if (ofSpan === undefined || !lacksContent(span)) return span;
    const fields = { ...springAiFields(ofSpan), ...eventFields(ofSpan.map(asEvent), detailFields) };
    return {
      ...span,
      input: span.input || textOf(fields.input ?? ''),
      output: span.output || textOf(fields.output ?? ''),
      systemInstructions: span.systemInstructions || textOf(fields.systemInstructions ?? ''),
    };
  });
}

/** Spring AI logs what it asked and what was answered as one text each, below a title. */
function springAiFields(logs: readonly ContentLog[]): CanonicalFields {
  const fields: CanonicalFields = {};
  for (const { scope_name: scope, body } of logs) {
    const content = body.slice(body.indexOf('\n') + 1);
    if (scope.endsWith('.ChatModelPromptContentObservationHandler')) fields.input ??= content;
    if (scope.endsWith('.ChatModelCompletionObservationHandler')) fields.output ??= content;
  }
  return fields;
}

/** A log's body holds what an event of the same name has as attributes. */
function asEvent(log: ContentLog): SpanEvent {
  const attributes = new Map(Object.entries(log.attributes));
  for (const [name, value] of Object.entries(jsonObject(log.body))) {
    attributes.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { timeUnixNano: 0n, name: log.event_name, attributes };
}

function jsonObject(text: string): object {
  if (!text.startsWith('{')) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function detailFields(attributes: Attributes): CanonicalFields {
  const fields: CanonicalFields = {};
  const input = attributes.get(ATTR.inputMessages);
  const output = attributes.get(ATTR.outputMessages);
  const instructions = attributes.get(ATTR.systemInstructions);
  if (input !== undefined) fields.input = input;
  if (output !== undefined) fields.output = output;
  if (instructions !== undefined) fields.systemInstructions = instructions;
  return fields;
}
