import { isUtf8 } from 'node:buffer';
import { Refusal } from '../errors.ts';
import { NESTED_VALUES_MAX, VALUE_DEPTH_MAX } from '../limits.ts';
import type { AttributeValue, Scope } from '../records.ts';
import type { Rejection } from './decoded-request.ts';
import type { ProtobufReader } from './protobuf-reader.ts';

/** Suffix of the attribute that keeps the bytes of a value which was not valid UTF-8. */
export const INVALID_UTF8_SUFFIX = '.invalid_utf8';

/**
 * AnyValue. Integers are `bigint`, doubles `number`, an empty value `null`; the last member of the oneof wins. A field that
 * appears again is merged with what stood there `before`, as the format demands: lists are put together.
 */
export function readAnyValue(
  reader: ProtobufReader,
  depth = 0,
  before: AttributeValue = null,
): AttributeValue {
  const outer = reader.enter();
  let value = before;
  while (!reader.ended()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        value = reader.value();
        break;
      case 0x10:
        value = reader.bool();
        break;
      case 0x18:
        value = reader.int64();
        break;
      case 0x21:
        value = reader.double();
        break;
      case 0x2a:
        value = readArray(reader, depth + 1, isList(value) ? value : []);
        break;
      case 0x32:
        value = Object.fromEntries(readKeyValues(reader, depth + 1, isRecord(value) ? value : {}));
        break;
      case 0x3a:
        value = reader.blob();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  return value;
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function isRecord(value: AttributeValue): value is { readonly [key: string]: AttributeValue } {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Uint8Array);
}

function readArray(
  reader: ProtobufReader,
  depth: number,
  before: readonly AttributeValue[],
): AttributeValue[] {
  checkDepth(depth);
  const outer = reader.enter();
  const values = [...before];
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a && hasRoom(reader)) values.push(readAnyValue(reader, depth));
    else reader.skip(tag);
  }
  reader.leave(outer);
  return values;
}

function readKeyValues(
  reader: ProtobufReader,
  depth: number,
  before: { readonly [key: string]: AttributeValue },
): Map<string, AttributeValue> {
  checkDepth(depth);
  const outer = reader.enter();
  const entries = new Map(Object.entries(before));
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a && hasRoom(reader)) readKeyValue(reader, entries, depth);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return entries;
}

/** Counts one more value inside another one. What is left out here costs its item: see {@link nestedProblem}. */
function hasRoom(reader: ProtobufReader): boolean {
  reader.nestedValues += 1;
  return reader.nestedValues <= NESTED_VALUES_MAX;
}

/** Why an item of so many values is left out, if it is. */
export function nestedProblem(reader: ProtobufReader, path: string): Rejection | undefined {
  if (reader.nestedValues <= NESTED_VALUES_MAX) return undefined;
  return { field: path, problem: `more than ${NESTED_VALUES_MAX} values inside others` };
}

function checkDepth(depth: number): void {
  if (depth > VALUE_DEPTH_MAX)
    throw new Refusal('undecodable', `attribute values nested deeper than ${VALUE_DEPTH_MAX}`);
}

/**
 * One KeyValue into `entries`. Of duplicate keys the last wins. A text that is not valid UTF-8 keeps its place with
 * U+FFFD and leaves its bytes under the key + {@link INVALID_UTF8_SUFFIX}.
 */
export function readKeyValue(reader: ProtobufReader, entries: Map<string, AttributeValue>, depth = 0): void {
  const outer = reader.enter();
  let key = '';
  let value: AttributeValue = null;
  let raw: Uint8Array | undefined;
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) key = reader.key();
    else if (tag === 0x12) {
      const start = reader.position;
      value = readAnyValue(reader, depth, value);
      raw = typeof value === 'string' ? invalidText(reader.bytes, start, reader.position, value) : undefined;
    } else reader.skip(tag);
  }
  reader.leave(outer);
  entries.set(key, value);
  if (raw !== undefined) entries.set(key + INVALID_UTF8_SUFFIX, raw);
}

/** The bytes of a string AnyValue at `start…end` when they are not valid UTF-8. */
function invalidText(bytes: Buffer, start: number, end: number, text: string): Uint8Array | undefined {
  if (!text.includes('\ufffd')) return undefined;
  const value = bytes.subarray(start, end);
  const raw = value.subarray(textOffset(value));
  return isUtf8(raw) ? undefined : new Uint8Array(raw);
}

/** Bytes of framing in front of the text: the AnyValue's length, the tag, the text's length. */
function textOffset(value: Uint8Array): number {
  let offset = 0;
  const varint = (): void => {
    while ((value[offset] ?? 0) >= 0x80) offset += 1;
    offset += 1;
  };
  varint();
  offset += 1;
  varint();
  return offset;
}

/** A message that has attributes in field 1 and nothing else we keep. */
export function readResource(reader: ProtobufReader, attributes: Map<string, AttributeValue>): void {
  const outer = reader.enter();
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) readKeyValue(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
}

/** A scope that appears again is merged with the one `before`. */
export function readScope(reader: ProtobufReader, before: Scope): Scope {
  const outer = reader.enter();
  const attributes = new Map(before.attributes);
  let { name, version } = before;
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) name = reader.string();
    else if (tag === 0x12) version = reader.string();
    else if (tag === 0x1a) readKeyValue(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { name, version, attributes };
}
