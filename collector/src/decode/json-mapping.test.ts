import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import type { DecodedSpan } from '../records.ts';
import { decodeJsonTraces } from './json-request.ts';

// What senders write that the mapping allows, or that the Collector reads.

const TRACE_ID = '0AF7651916CD43DD8448EB211C80319C';

/** The span of a request whose span has these fields beside its ids. */
function spanOf(fields: string, ids = `"traceId":"${TRACE_ID}","spanId":"B7AD6B7169203331"`): DecodedSpan {
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids}${fields === '' ? '' : `,${fields}`}}]}]}]}`;
  const [span] = decodeJsonTraces(Buffer.from(body)).items;
  if (span === undefined) throw new Error(`no span in ${body}`);
  return span;
}

function valueOf(value: string): unknown {
  return spanOf(`"attributes":[{"key":"k","value":${value}}]`).attributes.get('k');
}

test('ids in capitals are the same ids', () => {
  expect(spanOf('')).toMatchObject({ traceId: TRACE_ID.toLowerCase(), spanId: 'b7ad6b7169203331' });
});

test('ids in base64 are accepted', () => {
  const base64 = `"traceId":"${Buffer.from(TRACE_ID, 'hex').toString('base64')}","spanId":"t61rcWkgMzE="`;
  expect(spanOf('', base64)).toMatchObject({ traceId: TRACE_ID.toLowerCase(), spanId: 'b7ad6b7169203331' });
});

test.each([
  ['{"bytesValue":"+/8="}', new Uint8Array([0xfb, 0xff])],
  ['{"bytesValue":"-_8="}', new Uint8Array([0xfb, 0xff])],
  ['{"bytesValue":"-_8"}', new Uint8Array([0xfb, 0xff])],
  ['{"doubleValue":"-Infinity"}', Number.NEGATIVE_INFINITY],
  ['{"doubleValue":-0}', -0],
  ['{"intValue":"-9223372036854775808"}', -(2n ** 63n)],
  ['{"intValue":9007199254740993}', 9_007_199_254_740_993n],
  ['{"int_value":1}', 1n],
  ['{"arrayValue":{"values":[null,{"boolValue":true}]}}', [null, true]],
  [
    '{"kvlistValue":{"values":[{"key":"__proto__","value":{"stringValue":"x"}}]}}',
    JSON.parse('{"__proto__":"x"}'),
  ],
  ['{"arrayValue":{}}', []],
  ['{}', null],
  ['null', null],
])('%s', (written, value) => {
  expect(valueOf(written)).toStrictEqual(value);
});

test('of two members of one name the last counts', () => {
  expect(spanOf('"name":"first","name":"second"').name).toBe('second');
});

test.each([
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le'), 'not valid UTF-8'],
  ['UTF-16 without a mark', Buffer.from('{}', 'utf16le'), 'not valid JSON'],
  [
    'a number too large for 64 bits',
    Buffer.from(
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","startTimeUnixNano":"18446744073709551616"}]}]}]}',
    ),
    'an unsigned 64-bit integer',
  ],
  ['a depth of 100 000', Buffer.from('['.repeat(100_000)), 'not valid JSON'],
])('%s is refused', (_what, body, message) => {
  expect(() => decodeJsonTraces(body)).toThrow(message);
});
