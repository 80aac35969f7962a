import type { AttributeValue, SpanEvent } from '../records.ts';
import { START_NS, type SpanFields } from './span-of.ts';

export type Values = Readonly<Record<string, AttributeValue>>;

/** A span as a sender writes it, reduced to what carries meaning, and what must become of it. */
export interface ToldSpan {
  readonly dialect: string;
  readonly attributes: Values;
  readonly fields?: SpanFields;
  /** Columns of the record. */
  readonly span: Readonly<Record<string, unknown>>;
  /** Parsed content. */
  readonly input?: unknown;
  readonly output?: unknown;
}

type Message = { readonly [key: string]: AttributeValue };

/** One exchange that most of them tell. */
export const QUESTION: readonly Message[] = [
  { role: 'user', parts: [{ type: 'text', content: 'Weather in Paris?' }] },
];
export const ANSWER: readonly Message[] = [
  { role: 'assistant', parts: [{ type: 'text', content: 'Sunny' }] },
];
export const CALL: Message = {
  type: 'tool_call',
  id: 'call_1',
  name: 'get_weather',
  arguments: { city: 'Paris' },
};

export function eventOf(name: string, attributes: Readonly<Record<string, string>>): SpanEvent {
  return { name, timeUnixNano: START_NS, attributes: new Map(Object.entries(attributes)) };
}
