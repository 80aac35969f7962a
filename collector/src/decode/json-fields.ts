import { Buffer } from 'node:buffer';
import { Refusal } from '../errors.ts';
import { TEXT_READ_MAX } from '../limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const HEX = /^[0-9a-fA-F]*$/;
const INTEGER = /^-?\d{1,20}$/;

export function fault(path: string, expected: string, value: unknown): Refusal {
  return new Refusal('undecodable', `expected ${expected}, got ${kindOf(value)}`, path);
}

/** The kind of a value, never the value itself: it may be a prompt. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** A field by its lowerCamelCase name, else by its snake_case name, which the Collector accepts too. `null` is absent. */
export function field(object: JsonObject, name: string): unknown {
  const value = Object.hasOwn(object, name) ? object[name] : object[snakeCase(name)];
  return value === null ? undefined : value;
}

const SNAKE = new Map<string, string>();

/** Called with the field names of the protocol only, so that the cache stays small. */
function snakeCase(name: string): string {
  let snake = SNAKE.get(name);
  if (snake === undefined) {
    snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    SNAKE.set(name, snake);
  }
  return snake;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectField(object: JsonObject, name: string, path: string): JsonObject | undefined {
  const value = field(object, name);
  if (value === undefined || isObject(value)) return value;
  throw fault(`${path}.${name}`, 'an object', value);
}

/** Objects of an array field; absent is empty, `null` elements are left out. */
export function listField(object: JsonObject, name: string, path: string): JsonObject[] {
  const value = field(object, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw fault(join(path, name), 'an array', value);
  const objects: JsonObject[] = [];
  for (const [index, element] of value.entries()) {
    if (isObject(element)) objects.push(element);
    else if (element !== null) throw fault(`${join(path, name)}[${index}]`, 'an object', element);
  }
  return objects;
}

/** Elements of an array field as they were sent; 0 when it is none. */
export function listLength(object: JsonObject, name: string): number {
  const value = field(object, name);
  return Array.isArray(value) ? value.length : 0;
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/**
 * A text as it can be stored: half a pair of surrogates, which JSON can escape and UTF-8 cannot hold, becomes U+FFFD; longer
 * ones are cut at {@link TEXT_READ_MAX}.
 */
export function wellFormed(text: string): string {
  return (text.length > TEXT_READ_MAX ? text.slice(0, TEXT_READ_MAX) : text).toWellFormed();
}

export function textField(object: JsonObject, name: string, path: string): string {
  const value = field(object, name);
  if (value === undefined) return '';
  if (typeof value === 'string') return wellFormed(value);
  throw fault(join(path, name), 'a string', value);
}

/** Unsigned 64-bit number as a string or a number. */
export function uint64Field(object: JsonObject, name: string, path: string): bigint {
  const value = field(object, name);
  if (value === undefined) return 0n;
  const number = integerOf(value);
  if (number === undefined || number < 0n || number > 0xffff_ffff_ffff_ffffn)
    throw fault(join(path, name), 'an unsigned 64-bit integer', value);
  return number;
}

/** 64-bit number as a string or a number, `undefined` when it is none. */
export function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return INTEGER.test(value) ? BigInt(value) : undefined;
  // 1.763e18 and the like: an integer, though written as a float.
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

export function uint32Field(object: JsonObject, name: string, path: string): number {
  const value = uint64Field(object, name, path);
  if (value > 0xffff_ffffn) throw fault(join(path, name), 'an unsigned 32-bit integer', value);
  return Number(value);
}

/** An enum: its number, or its name as some senders write it. Unknown numbers read as unspecified, unknown names fail. */
export function enumField(
  object: JsonObject,
  name: string,
  path: string,
  numberOf: (enumName: string) => number | undefined,
): number {
  const value = field(object, name);
  if (value === undefined) return 0;
  const named = typeof value === 'string' ? numberOf(value) : undefined;
  if (named !== undefined) return named;
  const number = integerOf(value);
  if (number === undefined) throw fault(join(path, name), 'an enum number', value);
  return number < 0n || number > 0x7fff_ffffn ? 0 : Number(number);
}

/**
 * An id as lower-case hex. Base64 of the right length is accepted too: plain protobuf JSON mappings write it. Any other
 * text is returned as it is and fails the check of ids.
 */
export function idField(object: JsonObject, name: string, path: string, hexLength: number): string {
  const text = textField(object, name, path);
  if (HEX.test(text)) return text.toLowerCase();
  if (text.length !== Math.ceil(hexLength / 6) * 4 || !BASE64.test(text)) return text;
  const hex = bytesOf(text).toString('hex');
  return hex.length === hexLength ? hex : text;
}

/** Base64 in the standard or the URL alphabet. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

export function isBase64(text: string): boolean {
  return BASE64.test(text);
}
