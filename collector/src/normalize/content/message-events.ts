import type { Attributes, AttributeValue, SpanEvent } from '../../records.ts';
import { plainOf } from '../attribute-text.ts';
import type { CanonicalFields } from '../canonical-fields.ts';
import { isJson, parsedJson, type Json } from './message-part.ts';
import { canonicalMessages, type Message } from './messages.ts';

const MESSAGE_EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$/;
/** Events whose attributes are those of a span. */
const ATTRIBUTE_EVENTS: ReadonlySet<string> = new Set([
  'gen_ai.client.inference.operation.details',
  'gen_ai.content.prompt',
  'gen_ai.content.completion',
]);

/** Content that older conventions put into span events: one event per message, or one with the attributes of a span. */
export function eventFields(
  events: readonly SpanEvent[],
  fieldsIn: (attributes: Attributes) => CanonicalFields,
): CanonicalFields {
  const input: Message[] = [];
  const output: Message[] = [];
  let fields: CanonicalFields = {};
  for (const event of events) {
    const role = MESSAGE_EVENT.exec(event.name)?.[1];
    if (role !== undefined) input.push(...messagesOf(event.attributes, role));
    else if (event.name === 'gen_ai.choice') output.push(...messagesOf(event.attributes, 'assistant'));
    else if (ATTRIBUTE_EVENTS.has(event.name)) fields = { ...fieldsIn(event.attributes), ...fields };
  }
  if (input.length > 0) fields.input ??= JSON.stringify(input);
  if (output.length > 0) fields.output ??= JSON.stringify(output);
  return fields;
}

/**
 * The same events as one list in an attribute, as Pydantic AI and Logfire write them: what follows the last question is the
 * answer.
 */
export function readEventList(value: AttributeValue, fields: CanonicalFields): void {
  const events = data(value);
  if (!Array.isArray(events) || !events.every(isJson)) return;
  const isAnswer = (event: Json): boolean => event['event.name'] === 'gen_ai.choice';
  const lastAsked = events.findLastIndex((event) => !isAnswer(event) && event['role'] !== 'assistant');
  const answers = events.filter((event, index) => isAnswer(event) || index > lastAsked);
  const input = canonicalMessages(events.filter((event) => !answers.includes(event)));
  const output = canonicalMessages(answers);
  if (input !== undefined) fields.input ??= JSON.stringify(input);
  if (output !== undefined) fields.output ??= JSON.stringify(output);
}

function messagesOf(attributes: Attributes, role: string): Message[] {
  const message = data(attributes.get('message'));
  const reason = attributes.get('finish_reason');
  const speaker = attributes.get('role') ?? role;
  const base = {
    role: speaker,
    content: data(attributes.get('content') ?? attributes.get('gen_ai.event.content')),
    tool_calls: data(attributes.get('tool_calls')),
    tool_call_id: speaker === 'tool' ? data(attributes.get('id')) : undefined,
    ...(typeof reason === 'string' ? { finish_reason: reason } : {}),
  };
  const merged = isJson(message)
    ? { ...base, ...message }
    : { ...base, content: message === undefined ? base.content : message };
  return canonicalMessages([merged]) ?? [];
}

function data(value: AttributeValue | undefined): unknown {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? parsedJson(value) : plainOf(value);
}
