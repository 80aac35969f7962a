import type { Attributes } from '@opentelemetry/api';
import { captureJson, captureText } from '@tracelore/sdk';
import { ATTR } from '@tracelore/sdk/contract';

import { field, listAt } from './field.ts';
import { toMessages } from './messages.ts';

/** What a graph was asked: its messages where its state has some, else the whole state. */
export function graphInput(inputs: unknown): Attributes {
  const messages = messagesOf(inputs);
  if (messages.length === 0) return { [ATTR.inputValue]: captureText(inputs) };
  return { [ATTR.inputMessages]: captureJson(toMessages(messages)) };
}

/**
 * What a graph gave back: its last message. The state also repeats the whole conversation, which stands on the model
 * spans already.
 */
export function graphOutput(outputs: unknown): Attributes {
  const last = messagesOf(outputs).at(-1);
  if (last === undefined) return { [ATTR.outputValue]: captureText(outputs) };
  return { [ATTR.outputMessages]: captureJson(toMessages([last])) };
}

/** LangChain wraps an input that is no object as `{ input }` and an output as `{ output }`. */
function messagesOf(state: unknown): readonly unknown[] {
  const messages = field(state, 'messages');
  if (Array.isArray(messages)) return messages;
  if (messages !== undefined) return [messages];
  const wrapped = listAt(state, 'input');
  return wrapped.length > 0 && wrapped.every(isMessage) ? wrapped : [];
}

function isMessage(value: unknown): boolean {
  return (
    field(value, 'content') !== undefined && (field(value, 'role') ?? field(value, 'type')) !== undefined
  );
}
