import {
  type BaseMessage,
  coerceMessageLikeToMessage,
  HumanMessage,
  SystemMessage,
} from '@langchain/core/messages';

import { field } from './field.ts';
import { toMessage } from './messages.ts';

/**
 * The host's system message with one more text block at its end: what the host says stays first and byte for byte the
 * same, so that the provider's prompt cache holds. Text alone becomes a block; empty blocks, which providers refuse and
 * LangChain would not have sent, vanish.
 */
export function withBlock(system: SystemMessage | undefined, text: string): SystemMessage {
  const content = system?.content ?? '';
  const blocks = typeof content === 'string' ? textBlocks(content) : content.filter(isNotEmpty);
  return new SystemMessage({
    content: [...blocks, { type: 'text', text }],
    ...(system === undefined
      ? {}
      : { additional_kwargs: system.additional_kwargs, response_metadata: system.response_metadata }),
    ...(system?.id === undefined ? {} : { id: system.id }),
    ...(system?.name === undefined ? {} : { name: system.name }),
  });
}

function isNotEmpty(block: object): boolean {
  return field(block, 'type') !== 'text' || field(block, 'text') !== '';
}

function textBlocks(text: string): { type: 'text'; text: string }[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

/** A model's input as the list of messages it stands for; `undefined` for anything LangChain itself would refuse. */
export function messagesIn(input: unknown): readonly unknown[] | undefined {
  if (typeof input === 'string') return [new HumanMessage(input)];
  if (Array.isArray(input)) return input;
  const convert = field(input, 'toChatMessages');
  if (typeof convert !== 'function') return undefined;
  const messages: unknown = Reflect.apply(convert, input, []);
  return Array.isArray(messages) ? messages : undefined;
}

/** The messages with the text at the end of their system text; the other messages are passed on as they are. */
export function injected(messages: readonly unknown[], text: string): unknown[] {
  const [first, ...rest] = messages;
  const system = first === undefined ? undefined : systemMessage(first);
  return system === undefined
    ? [withBlock(undefined, text), ...messages]
    : [withBlock(system, text), ...rest];
}

function systemMessage(message: unknown): SystemMessage | undefined {
  if (toMessage(message).role !== 'system') return undefined;
  if (SystemMessage.isInstance(message)) return message;
  const coerced: BaseMessage | undefined = isMessageLike(message)
    ? coerceMessageLikeToMessage(message)
    : undefined;
  return SystemMessage.isInstance(coerced) ? coerced : undefined;
}

type MessageLike = Parameters<typeof coerceMessageLikeToMessage>[0];

/** A pair or an object with a role; texts are user messages and never come here. */
function isMessageLike(message: unknown): message is MessageLike {
  return Array.isArray(message) || field(message, 'role') !== undefined;
}
