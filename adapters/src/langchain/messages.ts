import { defined, field, listAt, textAt } from './field.ts';

/** One part of a message, in the words of the GenAI conventions. */
export interface MessagePart {
  readonly type: string;
  readonly [key: string]: unknown;
}

export interface GenAiMessage {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
}

/** A conversation as a model call sees it: leading system text apart from the rest. */
export interface Conversation {
  readonly system: readonly MessagePart[];
  readonly messages: readonly GenAiMessage[];
}

/** Everything LangChain accepts as one message: its own classes, `{ role, content }`, `[role, content]`, text. */
export function toMessage(message: unknown): GenAiMessage {
  if (typeof message === 'string') return { role: 'user', parts: textParts(message) };
  if (Array.isArray(message)) {
    return { role: roleName(String(message[0])), parts: contentParts(message[1]) };
  }
  const role = roleOf(message);
  const name = textAt(message, 'name');
  return {
    role,
    parts: role === 'tool' ? [toolResponse(message)] : [...partsOf(message), ...toolCalls(message)],
    ...(name === undefined ? {} : { name }),
  };
}

export function toMessages(messages: readonly unknown[]): GenAiMessage[] {
  return messages.map(toMessage);
}

/** Splits off the system messages at the beginning; later ones stay where they were said. */
export function toConversation(messages: readonly unknown[]): Conversation {
  const all = toMessages(messages);
  const split = all.findIndex((message) => message.role !== 'system');
  const first = split === -1 ? all.length : split;
  return { system: all.slice(0, first).flatMap((message) => message.parts), messages: all.slice(first) };
}

/** The plain text of a message, parts joined by line breaks. */
export function textOf(message: unknown): string {
  return toMessage(message)
    .parts.flatMap((part) => (typeof part['content'] === 'string' ? [part['content']] : []))
    .join('\n');
}

/** What the user asked last; `''` if nobody asked anything. */
export function lastUserText(messages: readonly unknown[]): string {
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    if (toMessage(messages[index]).role === 'user') return textOf(messages[index]);
  }
  return '';
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ['human', 'user'],
  ['ai', 'assistant'],
  ['AIMessageChunk', 'assistant'],
  ['developer', 'system'],
  ['function', 'tool'],
]);

function roleName(name: string): string {
  return ROLES.get(name) ?? name;
}

function roleOf(message: unknown): string {
  const type = textAt(message, 'type') ?? 'unknown';
  // A generic `ChatMessage` and a plain object say their role themselves.
  const own = textAt(message, 'role');
  return roleName(own ?? type);
}

function textParts(text: string): MessagePart[] {
  return text === '' ? [] : [{ type: 'text', content: text }];
}

function partsOf(message: unknown): MessagePart[] {
  const reasoning = textAt(message, 'additional_kwargs', 'reasoning_content');
  return [
    ...(reasoning === undefined ? [] : [{ type: 'reasoning', content: reasoning }]),
    ...contentParts(field(message, 'content')),
  ];
}

function contentParts(content: unknown): MessagePart[] {
  if (typeof content === 'string') return textParts(content);
  if (!Array.isArray(content)) return [];
  return content.flatMap((block: unknown) => blockParts(block));
}

/** Tool calls repeat in the message's own list, where every provider's look the same. */
const CALL_BLOCKS: ReadonlySet<string> = new Set([
  'tool_use',
  'tool_call',
  'function_call',
  'input_json_delta',
]);

function blockParts(block: unknown): MessagePart[] {
  if (typeof block === 'string') return textParts(block);
  const type = textAt(block, 'type') ?? 'unknown';
  if (CALL_BLOCKS.has(type)) return [];
  const text = textAt(block, 'text');
  if (text !== undefined) return textParts(text);
  const thought = textAt(block, 'reasoning') ?? textAt(block, 'thinking');
  if (thought !== undefined) return [{ type: 'reasoning', content: thought }];
  const address = textAt(block, 'image_url', 'url') ?? textAt(block, 'image_url') ?? textAt(block, 'url');
  if (address !== undefined) return [media(type, address)];
  return typeof block === 'object' && block !== null ? [{ ...block, type }] : [];
}

function media(type: string, address: string): MessagePart {
  const modality = /audio|video|image/u.exec(type)?.[0] ?? 'document';
  const inline = /^data:([^;,]*);base64,/u.exec(address);
  if (inline === null) return { type: 'uri', modality, uri: address };
  return {
    type: 'blob',
    modality,
    mime_type: inline[1] ?? '',
    content: address.slice(inline[0].length),
  };
}

function toolCalls(message: unknown): MessagePart[] {
  const calls = [...listAt(message, 'tool_calls'), ...listAt(message, 'invalid_tool_calls')];
  return calls.map((call) => ({
    type: 'tool_call',
    // Plain `{ role, content }` messages carry the provider's own form.
    name: textAt(call, 'name') ?? textAt(call, 'function', 'name') ?? '',
    ...defined({
      id: textAt(call, 'id'),
      arguments: field(call, 'args') ?? parsed(field(call, 'function', 'arguments')),
    }),
  }));
}

function toolResponse(message: unknown): MessagePart {
  return {
    type: 'tool_call_response',
    ...defined({ id: textAt(message, 'tool_call_id') }),
    response: toolResult(message),
  };
}

/** What a tool gave back: an object where its text is JSON of one, else the text, else the content as it is. */
export function toolResult(output: unknown): unknown {
  const content = field(output, 'content') ?? output;
  return parsed(content);
}

/** The value behind JSON text of an object or array; anything else as it is. */
export function parsed(text: unknown): unknown {
  if (typeof text !== 'string' || !/^\s*[[{]/u.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
