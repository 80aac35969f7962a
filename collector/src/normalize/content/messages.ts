import {
  canonicalPart,
  first,
  isJson,
  parsedJson,
  textPart,
  toolCallPart,
  toolResponsePart,
  type Json,
  type MessagePart,
} from './message-part.ts';

/** A message in the GenAI conventions. */
export interface Message {
  readonly role: string;
  readonly parts: readonly MessagePart[];
  readonly name?: string;
  readonly finish_reason?: string;
}

const HOLDERS: ReadonlySet<string> = new Set(['messages', 'contents', 'choices']);
const SYSTEM: readonly string[] = ['system', 'systemPrompt', 'instructions'];
/** What may stand beside messages and is read too, or says nothing. */
const BESIDE: ReadonlySet<string> = new Set([...SYSTEM, 'tools', 'tool_choice']);
const ENVELOPED: readonly string[] = [...HOLDERS, 'output', 'input'];

/**
 * Messages in any common shape as canonical ones: a list of messages, one message, or an object that holds them
 * and nothing else (`messages`, `contents`, `choices`, beside them {@link BESIDE}). `undefined` when the value is no conversation.
 */
export function canonicalMessages(value: unknown): Message[] | undefined {
  if (Array.isArray(value)) {
    // LangChain batches: a list of conversations, of which real senders use one.
    const list: readonly unknown[] = value.length === 1 && Array.isArray(value[0]) ? value[0] : value;
    const messages = list.map((element) => canonicalMessage(element));
    return messages.length > 0 && messages.every((message) => message !== undefined) ? messages : undefined;
  }
  if (!isJson(value)) return undefined;
  const message = canonicalMessage(value);
  if (message !== undefined) return [message];
  const generated = generations(value);
  if (generated !== undefined) return generated;
  // Whole requests and answers of an API name their model or type; what else is in them stands in columns and the attribute.
  if (typeof value['model'] === 'string' || typeof value['object'] === 'string')
    return withSystem(canonicalMessages(first(value, ENVELOPED)), first(value, SYSTEM));
  // Anything else beside the messages would be lost: such an object stays as it was sent.
  if (!Object.keys(value).every((key) => HOLDERS.has(key) || BESIDE.has(key))) return undefined;
  return withSystem(canonicalMessages(first(value, [...HOLDERS])), first(value, SYSTEM));
}

function withSystem(messages: Message[] | undefined, system: unknown): Message[] | undefined {
  if (messages === undefined || system === undefined || system === null) return messages;
  return [{ role: 'system', parts: partsOf(system) }, ...messages];
}

/** LangChain's result of a model: one list of generations per prompt, of which real senders ask one. */
function generations(value: Json): Message[] | undefined {
  const [ofPrompt] = Array.isArray(value['generations']) ? value['generations'] : [];
  const list: unknown = Array.isArray(ofPrompt) ? ofPrompt : value['generations'];
  if (!Array.isArray(list) || !list.every(isJson)) return undefined;
  return canonicalMessages(
    list.map((generation) => generation['message'] ?? { role: 'assistant', content: generation['text'] }),
  );
}

function canonicalMessage(given: unknown): Message | undefined {
  const value = langChainMessage(given) ?? given;
  if (!isJson(value)) return undefined;
  if (isJson(value['message'])) {
    const inner = canonicalMessage(value['message']);
    const reason = value['finish_reason'];
    return inner === undefined || typeof reason !== 'string' ? inner : { ...inner, finish_reason: reason };
  }
  for (const [key, speaker] of BARE_TEXTS) {
    const bare = value[key];
    if (isJson(bare) && typeof bare['text'] === 'string')
      return { role: speaker, parts: [textPart(bare['text'])] };
  }
  const { role, name, finish_reason: reason } = value;
  if (typeof role !== 'string') return responsesItem(value);
  return {
    role: role === 'model' ? 'assistant' : role,
    parts: messageParts(value, role),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof reason === 'string' ? { finish_reason: reason } : {}),
  };
}

/** Completions without roles, as OpenInference writes them: `{prompt: {text}}`, `{completion: {text}}`. */
const BARE_TEXTS = [
  ['prompt', 'user'],
  ['completion', 'assistant'],
] as const;

/** Items of OpenAI's Responses API beside the messages; calls of its own tools stay as they are. */
function responsesItem(value: Json): Message | undefined {
  const { type } = value;
  if (type === 'function_call' || type === 'custom_tool_call')
    return { role: 'assistant', parts: [toolCallPart(value)] };
  if (type === 'function_call_output' || type === 'custom_tool_call_output')
    return { role: 'tool', parts: [toolResponsePart(value)] };
  if (type === 'reasoning') {
    const { summary } = value;
    const texts = Array.isArray(summary) ? textsOf(summary.map(canonicalPart)) : undefined;
    return { role: 'assistant', parts: [{ type, content: texts ?? '' }] };
  }
  return typeof type === 'string' && type.endsWith('_call')
    ? { role: 'assistant', parts: [{ ...value, type }] }
    : undefined;
}

const LANGCHAIN_ROLES: Readonly<Record<string, string>> = {
  HumanMessage: 'user',
  AIMessage: 'assistant',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  ChatMessage: 'user',
  FunctionMessage: 'tool',
};

/** LangChain serialises its messages as constructor calls: `{lc, type: 'constructor', id: [… 'AIMessage'], kwargs}`. */
export function langChainMessage(value: unknown): Json | undefined {
  if (!isJson(value) || value['lc'] !== 1 || !isJson(value['kwargs'])) return undefined;
  const name: unknown = Array.isArray(value['id']) ? value['id'].at(-1) : undefined;
  if (typeof name !== 'string') return undefined;
  const role = LANGCHAIN_ROLES[name.replace(/Chunk$/, '')];
  return role === undefined ? undefined : { role, ...value['kwargs'] };
}

function messageParts(value: Json, role: string): MessagePart[] {
  if (Array.isArray(value['parts'])) return value['parts'].map(canonicalPart);
  const content =
    value['content'] === '' ? (value['contents'] ?? '') : first(value, ['content', 'contents', 'text']);
  const answered = first(value, ['tool_call_id', 'toolCallId']);
  if (answered !== undefined || (role === 'tool' && typeof content === 'string'))
    return [
      {
        type: 'tool_call_response',
        ...(answered === undefined ? {} : { id: answered }),
        response: parsedJson(content ?? ''),
      },
    ];
  const reasoning = first(value, ['reasoning_content', 'reasoning']);
  const parts = [
    ...(typeof reasoning === 'string' && reasoning !== '' ? [{ type: 'reasoning', content: reasoning }] : []),
    ...partsOf(content),
  ];
  const calls = first(value, ['tool_calls', 'toolCalls']);
  if (!Array.isArray(calls)) return [...parts, ...functionCall(value)];
  const known = new Set(parts.filter(({ type }) => type === 'tool_call').map((part) => part['id']));
  for (const call of calls) {
    const part = toolCallPart(
      isJson(call) && isJson(call['tool_call']) ? call['tool_call'] : isJson(call) ? call : {},
    );
    // Some senders list the same call among the contents and among the calls.
    if (part['id'] === undefined || !known.has(part['id'])) parts.push(part);
  }
  return parts;
}

/** The one call of a message before there were tools, flattened by OpenInference. */
function functionCall(value: Json): MessagePart[] {
  const { function_call: call, function_call_name: name } = value;
  if (isJson(call)) return [toolCallPart(call)];
  if (typeof name !== 'string' || name === '') return [];
  return [toolCallPart({ name, arguments: value['function_call_arguments_json'] })];
}

/** Some senders encode the parts of a message once more as text. */
const TYPED_PARTS = /^\[\{"type":\s*"/;

function partsOf(content: unknown): MessagePart[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') {
    const parts = TYPED_PARTS.test(content) ? parsedJson(content) : content;
    return Array.isArray(parts) ? parts.map(canonicalPart) : [textPart(content)];
  }
  return Array.isArray(content) ? content.map(canonicalPart) : [canonicalPart(content)];
}

/** The text of a system message at the start of a conversation. */
export function leadingSystemText(messages: readonly Message[]): string | undefined {
  const [leading] = messages;
  if (leading === undefined || (leading.role !== 'system' && leading.role !== 'developer')) return undefined;
  return textsOf(leading.parts);
}

/** Parts that are all texts as one text; `undefined` when something else is among them. */
export function textsOf(parts: readonly MessagePart[]): string | undefined {
  const texts = parts.map((part) => (part.type === 'text' ? part['content'] : undefined));
  return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.join('\n\n') : undefined;
}
