import { Refusal } from '../errors.ts';
import { VALUE_DEPTH_MAX } from '../limits.ts';
import type { AttributeValue } from '../records.ts';
import {
  bytesOf,
  fault,
  field,
  integerOf,
  isBase64,
  isObject,
  join,
  listField,
  textField,
  wellFormed,
  type JsonObject,
} from './json-fields.ts';

/** AnyValue in JSON: `{"stringValue": "…"}` and so on. The same values as from protobuf. */
export function anyValue(value: unknown, path: string, depth = 0): AttributeValue {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw fault(path, 'an AnyValue object such as {"stringValue": "…"}', value);
  const text = field(value, 'stringValue');
  if (text !== undefined)
    return typeof text === 'string' ? wellFormed(text) : fail(path, 'stringValue', 'a string', text);
  const bool = field(value, 'boolValue');
  if (bool !== undefined)
    return typeof bool === 'boolean' ? bool : fail(path, 'boolValue', 'true or false', bool);
  const integer = field(value, 'intValue');
  if (integer !== undefined) return int64Of(integer) ?? fail(path, 'intValue', 'a 64-bit integer', integer);
  const double = field(value, 'doubleValue');
  if (double !== undefined) return doubleOf(double) ?? fail(path, 'doubleValue', 'a number', double);
  return structuredValue(value, path, depth + 1);
}

function structuredValue(value: JsonObject, path: string, depth: number): AttributeValue {
  const bytes = field(value, 'bytesValue');
  if (bytes !== undefined)
    return typeof bytes === 'string' && isBase64(bytes)
      ? new Uint8Array(bytesOf(bytes))
      : fail(path, 'bytesValue', 'base64', bytes);
  const array = field(value, 'arrayValue');
  const list = field(value, 'kvlistValue');
  if (array === undefined && list === undefined) return null;
  if (depth > VALUE_DEPTH_MAX)
    throw new Refusal('undecodable', `attribute values nested deeper than ${VALUE_DEPTH_MAX}`, path);
  if (array !== undefined) {
    if (!isObject(array)) return fail(path, 'arrayValue', 'an object with values', array);
    const values = field(array, 'values') ?? [];
    if (!Array.isArray(values)) return fail(path, 'arrayValue.values', 'an array', values);
    return values.map((element: unknown, index) =>
      anyValue(element, `${path}.arrayValue.values[${index}]`, depth),
    );
  }
  if (!isObject(list)) return fail(path, 'kvlistValue', 'an object with values', list);
  return Object.fromEntries(keyValues(list, 'values', `${path}.kvlistValue`, depth));
}

/** A list of KeyValue. Of duplicate keys the last wins. */
export function keyValues(
  object: JsonObject,
  name: string,
  path: string,
  depth = 0,
): Map<string, AttributeValue> {
  const entries = new Map<string, AttributeValue>();
  for (const [index, entry] of listField(object, name, path).entries()) {
    const at = `${join(path, name)}[${index}]`;
    entries.set(textField(entry, 'key', at), anyValue(entry['value'], `${at}.value`, depth));
  }
  return entries;
}

function int64Of(value: unknown): bigint | undefined {
  const integer = integerOf(value);
  return integer === undefined || BigInt.asIntN(64, integer) !== integer ? undefined : integer;
}

const SPECIAL_DOUBLES: ReadonlyMap<string, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = SPECIAL_DOUBLES.get(value) ?? Number(value);
  return Number.isNaN(number) && value !== 'NaN' ? undefined : number;
}

function fail(path: string, name: string, expected: string, value: unknown): never {
  throw fault(`${path}.${name}`, expected, value);
}
