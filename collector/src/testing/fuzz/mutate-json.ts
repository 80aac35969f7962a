import { Buffer } from 'node:buffer';
import { mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

type Json = unknown;

/** Names that the mapping knows, old and odd spellings among them. */
const NAMES = [
  'resourceSpans', 'resource_spans', 'scopeSpans', 'instrumentationLibrarySpans', 'spans', 'resourceLogs',
  'scopeLogs', 'logRecords', 'resource', 'scope', 'attributes', 'key', 'value', 'values', 'stringValue', 'boolValue',
  'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue', 'traceId', 'trace_id', 'spanId',
  'parentSpanId', 'startTimeUnixNano', 'start_time_unix_nano', 'endTimeUnixNano', 'kind', 'status', 'code', 'events',
  'links', 'flags', 'body', 'severityNumber', 'eventName', 'timeUnixNano', '__proto__', 'constructor', 'toString', '',
]; // prettier-ignore
const VALUES: readonly Json[] = [
  null, true, false, 0, -1, -0, 1.5, 1e21, 1e300, 2 ** 60, '', ' ', '0', '-1', '1.5', '1e5', 'NaN',
  'Infinity', '-Infinity', '18446744073709551615', '18446744073709551616', '-9223372036854775809', '\u0000',
  '\ud800', '\udc00x', '\u202e', 'SPAN_KIND_CLIENT', 'STATUS_CODE_ERROR', 'SEVERITY_NUMBER_INFO3', 'AAAA', '====',
  'AAAAAAAAAAAAAAAAAAAAAA==', '0'.repeat(32), 'f'.repeat(32), 'F'.repeat(16), 'not base64!', [], {}, [null], [[]],
  { stringValue: 'x' }, { intValue: '9007199254740993' }, { doubleValue: 'NaN' }, { bytesValue: '_-8=' },
]; // prettier-ignore
const NUMBERS = [
  '18446744073709551615',
  '-9223372036854775808',
  '9007199254740993',
  '1e400',
  '-0',
  '0.1e-400',
  '01',
];
const NESTING = [1, 2, 62, 64, 65, 200];

/** One to three changes of a JSON value, written as text; now and then a number beyond doubles, or damaged text. */
export function mutateJson(random: Random, value: Json, words: readonly string[]): Buffer {
  let changed = value;
  for (let step = 1 + random.below(3); step > 0; step -= 1) changed = change(random, changed, words);
  let text = JSON.stringify(changed) ?? 'null';
  if (random.oneIn(6)) text = withNumber(random, text);
  const bytes = Buffer.from(random.oneIn(40) ? `\ufeff${text}` : text);
  return random.oneIn(8) ? mutateBytes(random, bytes) : bytes;
}

function change(random: Random, value: Json, words: readonly string[]): Json {
  if (Array.isArray(value) && value.length > 0 && !random.oneIn(8)) {
    const copy: Json[] = [...value];
    const at = random.below(copy.length);
    if (random.oneIn(5)) copy.splice(at, random.below(3), ...(random.oneIn(2) ? [copy[at]] : []));
    else copy[at] = change(random, copy[at], words);
    return copy;
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !random.oneIn(8))
    return changedObject(random, value, words);
  return replacement(random, value, words);
}

function changedObject(random: Random, value: object, words: readonly string[]): Json {
  const entries: [string, Json][] = Object.entries(value);
  const at = random.below(entries.length + 1);
  const entry = entries[at];
  const way = random.below(10);
  if (entry === undefined) entries.push([random.pick(NAMES), random.pick(VALUES)]);
  else if (way === 0) entries.splice(at, 1);
  else if (way === 1) entry[0] = random.pick(NAMES);
  else entry[1] = change(random, entry[1], words);
  return Object.fromEntries(entries);
}

function replacement(random: Random, value: Json, words: readonly string[]): Json {
  switch (random.below(4)) {
    case 0:
      return random.pick(words);
    case 1:
      return nested(random, value);
    default:
      return random.pick(VALUES);
  }
}

function nested(random: Random, value: Json): Json {
  const depth = random.pick(NESTING);
  let inner: Json = value;
  const isArray = random.oneIn(2);
  for (let level = 0; level < depth; level += 1)
    inner = isArray
      ? { arrayValue: { values: [inner] } }
      : { kvlistValue: { values: [{ key: 'k', value: inner }] } };
  return inner;
}

/** Writes a number that `JSON.stringify` cannot in the place of another value. */
function withNumber(random: Random, text: string): string {
  const places = [...text.matchAll(/(?<=:)(?:"\d*"|\d+)(?=[,}])/g)];
  if (places.length === 0) return text;
  const { index, 0: old } = random.pick(places);
  return text.slice(0, index) + random.pick(NUMBERS) + text.slice(index + old.length);
}
