/** Plain JSON data of unknown shape. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One part of a message in the GenAI conventions: `{type: 'text', content}`, `{type: 'tool_call', id, name, arguments}`, … */
export interface MessagePart {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A part in any of the common shapes (OpenAI, Anthropic, Gemini, Bedrock, AI SDK, OpenInference) as canonical part. */
export function canonicalPart(value: unknown): MessagePart {
  if (typeof value === 'string') return textPart(value);
  if (!isJson(value)) return { type: 'data', content: value };
  if (isJson(value['tool_call'])) return toolCallPart(value['tool_call']);
  if (isJson(value['message_content'])) return canonicalPart(value['message_content']);
  const type = value['type'];
  return typeof type === 'string' ? typedPart(type, value) : untypedPart(value);
}

export function textPart(content: string): MessagePart {
  return { type: 'text', content };
}

function typedPart(type: string, value: Json): MessagePart {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
      return textPart(textIn(value, ['content', 'text']));
    case 'reasoning':
    case 'thinking':
      return { type: 'reasoning', content: textIn(value, ['content', 'text', 'thinking', 'reasoning']) };
    case 'tool_call':
    case 'tool-call':
    case 'tool_use':
    case 'function':
    case 'function_call':
    case 'custom_tool_call':
      return toolCallPart(value);
    case 'tool_call_response':
    case 'tool-result':
    case 'tool_result':
    case 'function_call_output':
      return toolResponsePart(value);
    case 'image_url':
    case 'image':
      return imagePart(value);
    default:
      return { ...value, type };
  }
}

/** Gemini, Bedrock and Genkit name the part by its only key. */
function untypedPart(value: Json): MessagePart {
  if (typeof value['text'] === 'string')
    return value['thought'] === true
      ? { type: 'reasoning', content: value['text'] }
      : textPart(value['text']);
  const call = first(value, ['function_call', 'functionCall', 'toolUse', 'toolRequest']);
  if (isJson(call)) return toolCallPart(call);
  const response = first(value, ['function_response', 'functionResponse', 'toolResult', 'toolResponse']);
  if (isJson(response)) return toolResponsePart(response);
  return { ...value, type: 'data' };
}

export function toolCallPart(value: Json): MessagePart {
  const described = isJson(value['function']) ? value['function'] : value;
  const id = first(value, ['call_id', 'id', 'toolCallId', 'toolUseId', 'ref']);
  return {
    type: 'tool_call',
    ...(id === undefined ? {} : { id }),
    name: first(described, ['name', 'toolName']) ?? '',
    arguments: parsedJson(first(described, ['arguments', 'args', 'input']) ?? {}),
  };
}

export function toolResponsePart(value: Json): MessagePart {
  const id = first(value, ['call_id', 'id', 'toolCallId', 'tool_use_id', 'toolUseId', 'tool_call_id', 'ref']);
  const name = first(value, ['name', 'toolName']);
  return {
    type: 'tool_call_response',
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    response: parsedJson(first(value, ['response', 'result', 'output', 'content']) ?? ''),
  };
}

function imagePart(value: Json): MessagePart {
  const image = first(value, ['image_url', 'image', 'url']);
  const inner = isJson(image) ? (first(image, ['url', 'image']) ?? image) : image;
  const uri = isJson(inner) ? first(inner, ['url']) : inner;
  return typeof uri === 'string' ? { type: 'uri', modality: 'image', uri } : { ...value, type: 'image' };
}

/** Structured data in a text, when the text is JSON; anything else as it is. */
export function parsedJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return parsed;
  } catch {
    return value;
  }
}

/** What is inside LangWatch's `{type, value}` wrapper, given as data or as JSON text; anything else as data. */
export function unwrapped(value: unknown): unknown {
  const data = parsedJson(value);
  if (!isJson(data) || typeof data['type'] !== 'string' || Object.keys(data).length !== 2) return data;
  return 'value' in data ? parsedJson(data['value']) : data;
}

export function first(value: Json, names: readonly string[]): unknown {
  for (const name of names) if (value[name] !== undefined && value[name] !== null) return value[name];
  return undefined;
}

function textIn(value: Json, names: readonly string[]): string {
  const found = first(value, names);
  return typeof found === 'string' ? found : found === undefined ? '' : JSON.stringify(found);
}
