import type { AttributeValue } from '../../records.ts';
import { jsonOf, plainOf, textOf } from '../attribute-text.ts';
import { canonicalPart, isJson, parsedJson, unwrapped, type MessagePart } from './message-part.ts';
import { canonicalMessages, langChainMessage, leadingSystemText, textsOf } from './messages.ts';

/** Content of a span as it is stored: canonical messages as JSON when it is a conversation, else the text as it was sent. */
export interface ContentText {
  readonly text: string;
  /** Text of the leading system message, when there is one. */
  readonly system: string | undefined;
  /** Tools that stand beside the messages of a whole request, as JSON. */
  readonly tools?: string;
}

/** How canonical messages begin, as everybody writes them, when the first is no system message. */
const CANONICAL = /^\[\{"role": ?"(?!system|developer|model)[a-z]+", ?"parts": ?\[\{"type":/;

/** Already canonical and without a system message to lift out: not worth parsing, which would cost more than decoding. */
function isCanonicalText(value: AttributeValue): value is string {
  return typeof value === 'string' && CANONICAL.test(value);
}

export function contentText(value: AttributeValue): ContentText {
  if (isCanonicalText(value)) return { text: value, system: undefined };
  const data = dataIn(value);
  const messages = canonicalMessages(data);
  if (messages === undefined) return { text: valueText(value), system: undefined };
  const tools = isJson(data) ? data['tools'] : undefined;
  return {
    text: JSON.stringify(messages),
    system: leadingSystemText(messages),
    ...(Array.isArray(tools) && tools.length > 0 ? { tools: JSON.stringify(tools) } : {}),
  };
}

/** Anything else is not worth parsing twice. */
const BLOCKS = /^\s*\[\s*\{\s*"(?:text|toolUse)"/;

/** What a model answered: content blocks alone (`[{text}]`, as Bedrock has them) are a message of the assistant. */
export function answerText(value: AttributeValue): string {
  const blocks = typeof value === 'string' && !BLOCKS.test(value) ? undefined : dataIn(value);
  if (!Array.isArray(blocks) || blocks.length === 0 || !blocks.every(isBareBlock))
    return contentText(value).text;
  return JSON.stringify([{ role: 'assistant', parts: blocks.map(canonicalPart) }]);
}

function isBareBlock(value: unknown): boolean {
  if (!isJson(value)) return false;
  const [key = '', ...more] = Object.keys(value);
  return more.length === 0 && (key === 'text' || key === 'toolUse');
}

/** Structured data, or the data in a JSON text. */
function dataIn(value: AttributeValue): unknown {
  if (value === null || (typeof value !== 'string' && typeof value !== 'object')) return undefined;
  return unwrapped(typeof value === 'string' ? value : plainOf(value));
}

/** System instructions: as one text when they are texts, else as they were sent. */
export function instructionsText(value: AttributeValue): string {
  const data = typeof value === 'string' ? parsedJson(value) : plainOf(value);
  if (typeof data === 'string') return data;
  const parts = (Array.isArray(data) ? data : [data]).map(canonicalPart);
  return textsOf(parts) ?? textOf(value);
}

/** Arguments of a tool's call, also where a sender tells the call as a message. */
export function argumentsText(value: AttributeValue): string {
  const call = onlyPart(value, 'tool_call');
  return call === undefined ? valueText(value) : blocksText(call['arguments']);
}

/** Result of a tool: what LangChain (`{output: ToolMessage}`) and MCP (`{content: […]}`) wrap around it is taken off. */
export function resultText(value: AttributeValue): string {
  const answer = onlyPart(value, 'tool_call_response');
  if (answer !== undefined) return blocksText(answer['response']);
  const data = typeof value === 'string' ? parsedJson(value) : plainOf(value);
  if (!isJson(data)) return valueText(value);
  if (Array.isArray(data['content']) && Object.keys(data).every((key) => MCP_RESULT.has(key)))
    return blocksText(data['content']);
  const inner = Object.keys(data).length === 1 ? (data['output'] ?? data) : data;
  const content = langChainMessage(inner)?.['content'];
  return typeof content === 'string' ? content : valueText(value);
}

const MCP_RESULT: ReadonlySet<string> = new Set(['content', 'isError', 'structuredContent', '_meta']);

/** Anything else is not worth parsing. */
const MESSAGE = /^\s*\[?\s*\{\s*"role"/;

/** The part of a conversation that is nothing but this one part. */
function onlyPart(value: AttributeValue, type: string): MessagePart | undefined {
  if (typeof value === 'string' && !MESSAGE.test(value)) return undefined;
  const [message, ...more] = canonicalMessages(dataIn(value)) ?? [];
  const [part, ...others] = message?.parts ?? [];
  return more.length === 0 && others.length === 0 && part?.type === type ? part : undefined;
}

/** Content blocks as one text when all of them are texts (Bedrock, Anthropic, MCP), else as JSON. */
export function blocksText(data: unknown): string {
  if (typeof data === 'string') return data;
  const texts = Array.isArray(data) && data.every(isJson) ? textsOf(data.map(canonicalPart)) : undefined;
  return texts ?? JSON.stringify(data) ?? '';
}

/** Structured content as JSON, texts as they are. One level of JSON quoting (`"\"sunny\""`) is undone. */
export function valueText(value: AttributeValue): string {
  if (typeof value !== 'string') return typeof value === 'object' ? jsonOf(value) : textOf(value);
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  try {
    const inner: unknown = JSON.parse(value);
    return typeof inner === 'string' ? inner : value;
  } catch {
    return value;
  }
}
