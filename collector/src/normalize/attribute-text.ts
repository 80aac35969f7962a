import { ATTRIBUTE_BYTES_MAX, TRUNCATION_MARK } from '@tracelore/sdk/contract';
import type { Attributes, AttributeValue, SpanRecord } from '../records.ts';

/** Texts of a span that have a column of their own. */
export type Contents = Pick<SpanRecord, 'input' | 'output' | 'systemInstructions' | 'toolDefinitions'>;

/** Type words in `attribute_types`; a text has none. `=column`: the text stands in that column, and there alone. */
export type AttributeType =
  | 'bool'
  | 'int'
  | 'double'
  | 'bytes'
  | 'array'
  | 'map'
  | 'null'
  | '=input'
  | '=output'
  | '=system_instructions'
  | '=tool_definitions';

/** Shorter texts stay among the attributes, content or not: there is nothing to save. */
const CONTENT_CHARACTERS_MIN = 64;

function typeOf(value: Exclude<AttributeValue, string>): AttributeType {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (value instanceof Uint8Array) return 'bytes';
  return Array.isArray(value) ? 'array' : 'map';
}

/** Any attribute value as text: texts as they are, bytes as base64, arrays and maps as JSON, `null` as `''`. */
export function textOf(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'object') return value instanceof Uint8Array ? base64(value) : jsonOf(value);
  return String(value);
}

/** JSON in which integers keep every digit and a whole double keeps its point (`1.0`), so that types survive. */
export function jsonOf(value: AttributeValue): string {
  if (value === null) return 'null';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return JSON.stringify(String(value));
    const text = String(value);
    return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
  }
  if (typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`;
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${jsonOf(member)}`);
  return `{${members.join(',')}}`;
}

/** A value as plain JSON data, for code that reads content: integers become numbers, bytes base64. */
export function plainOf(value: AttributeValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return base64(value);
  if (isList(value)) return value.map(plainOf);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plainOf(member)]));
}

/** `Array.isArray` does not narrow readonly arrays. */
function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** Cuts a text at {@link ATTRIBUTE_BYTES_MAX} bytes of UTF-8, between characters, and marks the cut. */
export function bounded(text: string): string {
  // A UTF-16 unit takes at most 3 bytes.
  if (text.length * 3 <= ATTRIBUTE_BYTES_MAX) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= ATTRIBUTE_BYTES_MAX) return text;
  let end = ATTRIBUTE_BYTES_MAX;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + TRUNCATION_MARK;
}

/**
 * Attributes as two maps of texts: every value, and the type of each that is not a text. A text that is one of the contents,
 * character for character, is left empty: it is most of what a span holds, and would be stored twice.
 */
export interface StoredAttributes {
  readonly texts: Map<string, string>;
  readonly types: Map<string, AttributeType>;
}

export function storedAttributes(attributes: Attributes, contents: Contents): StoredAttributes {
  const texts = new Map<string, string>();
  const types = new Map<string, AttributeType>();
  for (const [key, value] of attributes) {
    const text = bounded(textOf(value));
    const type = typeof value === 'string' ? undefined : typeOf(value);
    const column = type === undefined ? columnOf(text, contents) : undefined;
    texts.set(key, column === undefined ? text : '');
    const told = type ?? column;
    if (told !== undefined) types.set(key, told);
  }
  return { texts, types };
}

function columnOf(text: string, contents: Contents): AttributeType | undefined {
  if (text.length < CONTENT_CHARACTERS_MIN) return undefined;
  if (text === contents.input) return '=input';
  if (text === contents.output) return '=output';
  if (text === contents.systemInstructions) return '=system_instructions';
  return text === contents.toolDefinitions ? '=tool_definitions' : undefined;
}

/** Attributes as texts alone, where no types are stored: resources, events, links, logs. */
export function storedTexts(attributes: Attributes): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of attributes) texts.set(key, bounded(textOf(value)));
  return texts;
}
