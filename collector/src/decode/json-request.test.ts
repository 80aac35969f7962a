import { describe, expect, test } from 'vitest';
import { decodeJsonLogs, decodeJsonTraces } from './json-request.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = '00f067aa0ba902b1';

/** A request around the JSON text of one span's further fields. */
function spanWith(fields: string): Buffer {
  const span = `{"traceId":"${TRACE_ID}","spanId":"${SPAN_ID}"${fields === '' ? '' : `,${fields}`}}`;
  return Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
}

function decoded(fields: string): ReturnType<typeof decodeJsonTraces>['items'][number] | undefined {
  return decodeJsonTraces(spanWith(fields)).items[0];
}

test('64-bit numbers are exact as texts and as numbers', () => {
  const fields = '"startTimeUnixNano":1763000000000000001,"endTimeUnixNano":"18446744073709551615"';
  expect(decoded(fields)).toMatchObject({
    startUnixNano: 1_763_000_000_000_000_001n,
    endUnixNano: 18_446_744_073_709_551_615n,
  });
  const attribute = '"attributes":[{"key":"n","value":{"intValue":-9223372036854775808}}]';
  expect(decoded(attribute)?.attributes.get('n')).toBe(-9_223_372_036_854_775_808n);
});

test.each([
  ['"kind":3', 'Client'],
  ['"kind":"SPAN_KIND_CLIENT"', 'Client'],
  ['"kind":99', 'Unspecified'],
  ['"kind":null', 'Unspecified'],
])('%s is %s', (fields, otelKind) => {
  expect(decoded(fields)).toMatchObject({ otelKind });
});

test('snake_case names, null fields and unknown fields are read as the Collector reads them', () => {
  expect(
    decoded('"start_time_unix_nano":"7","parentSpanId":null,"events":null,"links":[null],"future":{"a":[1]}'),
  ).toMatchObject({ startUnixNano: 7n, parentSpanId: '', events: [], links: [] });
});

test('of duplicate attribute keys the last wins', () => {
  const pair = (value: string): string => `{"key":"a","value":{"stringValue":"${value}"}}`;
  expect(decoded(`"attributes":[${pair('1')},${pair('2')}]`)?.attributes.get('a')).toBe('2');
});

test('doubles may be written as texts', () => {
  const value = (text: string): unknown =>
    decoded(`"attributes":[{"key":"d","value":{"doubleValue":${text}}}]`)?.attributes.get('d');
  expect(['"1.5"', '1', '"NaN"', '"-Infinity"'].map(value)).toStrictEqual([1.5, 1, NaN, -Infinity]);
});

test('a byte order mark is skipped', () => {
  const body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), spanWith('')]);
  expect(decodeJsonTraces(body).items).toHaveLength(1);
});

test('the envelope of protocols before 0.15 is read, with a warning', () => {
  const body = {
    resourceSpans: [
      {
        instrumentationLibrarySpans: [
          {
            instrumentationLibrary: { name: 'old', version: '0.1' },
            spans: [{ traceId: TRACE_ID, spanId: SPAN_ID }],
          },
        ],
      },
    ],
  };
  const { items, warnings } = decodeJsonTraces(Buffer.from(JSON.stringify(body)));
  expect(items[0]?.scope).toMatchObject({ name: 'old', version: '0.1' });
  expect(warnings).toStrictEqual(['instrumentationLibrarySpans is an old name of scopeSpans: it was read']);
});

describe('a whole request is refused', () => {
  const nested = `${'{"arrayValue":{"values":['.repeat(65)}${']}}'.repeat(65)}`;
  test.each([
    ['', 'the body is empty: an empty request is {}'],
    ['null', 'the body is not an object with resourceSpans'],
    ['[[[', 'the body is not valid JSON'],
    ['{"resourceLogs":[]}', 'this body has resourceLogs: send it to /v1/logs'],
    ['{"resourceMetrics":[]}', 'this body has resourceMetrics: metrics are not stored'],
    ['{"resourceSpans":{}}', 'resourceSpans: expected an array, got an object'],
    [
      spanWith('"attributes":{"a":"b"}'),
      'resourceSpans[0].scopeSpans[0].spans[0].attributes: expected an array, got an object',
    ],
    [
      spanWith('"startTimeUnixNano":"-1"'),
      'resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano: expected an unsigned 64-bit integer, got a string',
    ],
    [
      spanWith('"attributes":[{"key":"a","value":{"intValue":1e300}}]'),
      'attributes[0].value.intValue: expected a 64-bit integer, got a number',
    ],
    [spanWith('"kind":"SPAN_KIND_NEW"'), 'expected an enum number, got a string'],
    [spanWith(`"attributes":[{"key":"a","value":${nested}}]`), 'attribute values nested deeper than 64'],
  ])('%s', (body, message) => {
    expect(() => decodeJsonTraces(Buffer.from(body))).toThrow(message);
  });

  test('that is not UTF-8', () => {
    expect(() => decodeJsonTraces(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow('the body is not valid UTF-8');
  });
});

test.each([
  ['"traceId":"0af7"', 'traceId', '2 bytes, expected 16'],
  ['"traceId":"zz"', 'traceId', 'not hexadecimal'],
  ['"spanId":"0000000000000000"', 'spanId', 'all zero'],
  ['"parentSpanId":"abcd"', 'parentSpanId', '2 bytes, expected 8'],
])('a span with %s is rejected alone', (fields, name, problem) => {
  const { items, rejected } = decodeJsonTraces(spanWith(fields));
  expect(items).toStrictEqual([]);
  expect(rejected).toStrictEqual([{ field: `resourceSpans[0].scopeSpans[0].spans[0].${name}`, problem }]);
});

test('log records keep everything; ids that are none are left out', () => {
  const body = {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                traceId: 'xyz',
                spanId: SPAN_ID,
                severityNumber: 'SEVERITY_NUMBER_WARN2',
                body: { intValue: 1 },
              },
            ],
          },
        ],
      },
    ],
  };
  expect(decodeJsonLogs(Buffer.from(JSON.stringify(body))).items).toMatchObject([
    { traceId: '', spanId: SPAN_ID, severityNumber: 14, body: 1n },
  ]);
});
