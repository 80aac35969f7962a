import { fromBinary, fromJson, toBinary, type JsonValue } from '@bufbuild/protobuf';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { otlpMessage } from '../testing/otlp-schema.ts';
import { decodeJsonLogs, decodeJsonTraces } from './json-request.ts';
import { decodeProtobufLogs, decodeProtobufTraces } from './protobuf-request.ts';

const TRACES = otlpMessage('ExportTraceServiceRequest');
const LOGS = otlpMessage('ExportLogsServiceRequest');

const uint64 = fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }).map(String);
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 12 }).map((value) => Buffer.from(value).toString('base64'));
const double = fc
  .oneof(fc.double(), fc.integer())
  .map((value) => (Number.isFinite(value) ? value : String(value)));

const { anyValue, keyValues } = fc.letrec<{ anyValue: JsonValue; keyValues: JsonValue[] }>((tie) => ({
  anyValue: fc.oneof(
    { depthSize: 'small' },
    text.map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((intValue) => ({ intValue })),
    double.map((doubleValue) => ({ doubleValue })),
    bytes.map((bytesValue) => ({ bytesValue })),
    fc.constant({}),
    fc.array(tie('anyValue'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    tie('keyValues').map((values) => ({ kvlistValue: { values } })),
  ),
  keyValues: fc.array(
    fc.record({ key: text, value: tie('anyValue') }).map(({ key, value }) => ({ key, value })),
    { maxLength: 4 },
  ),
}));

const id = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => Buffer.from(value));
const flags = fc.nat(0xffff);
const scope = fc.record({ name: text, version: text, attributes: keyValues });
const event = fc.record({ timeUnixNano: uint64, name: text, attributes: keyValues });
const link = fc.record({ traceId: id(16), spanId: id(8), traceState: text, attributes: keyValues });
const span = fc.record({
  traceId: id(16),
  spanId: id(8),
  parentSpanId: id(8),
  traceState: text,
  name: text,
  kind: fc.nat(7),
  startTimeUnixNano: uint64,
  endTimeUnixNano: uint64,
  attributes: keyValues,
  events: fc.array(event, { maxLength: 2 }),
  links: fc.array(link, { maxLength: 2 }),
  status: fc.record({ message: text, code: fc.nat(3) }),
  flags,
});
const log = fc.record({
  timeUnixNano: uint64,
  observedTimeUnixNano: uint64,
  severityNumber: fc.nat(24),
  severityText: text,
  eventName: text,
  body: anyValue,
  attributes: keyValues,
  traceId: id(16),
  spanId: id(8),
  flags,
});
const resource = fc.record({ attributes: keyValues });
const traces = fc.record({
  resourceSpans: fc.array(
    fc.record({
      resource,
      scopeSpans: fc.array(fc.record({ scope, spans: fc.array(span, { maxLength: 3 }) }), { maxLength: 2 }),
      schemaUrl: text,
    }),
    { maxLength: 2 },
  ),
});
const logs = fc.record({
  resourceLogs: fc.array(
    fc.record({
      resource,
      scopeLogs: fc.array(fc.record({ scope, logRecords: fc.array(log, { maxLength: 3 }) }), {
        maxLength: 2,
      }),
      schemaUrl: text,
    }),
    { maxLength: 2 },
  ),
});

/** The same request with its ids in an encoding: hex in OTLP's JSON, base64 in plain protobuf JSON. */
function withIds(request: unknown, encoding: 'hex' | 'base64'): JsonValue {
  return JSON.parse(
    JSON.stringify(request, (_key, value: unknown) =>
      isBufferJson(value) ? Buffer.from(value.data).toString(encoding) : value,
    ),
  ) as JsonValue;
}

function isBufferJson(value: unknown): value is { type: 'Buffer'; data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}

test('spans are the same from protobuf of another implementation and from JSON', () => {
  fc.assert(
    fc.property(traces, (request) => {
      const encoded = Buffer.from(toBinary(TRACES, fromJson(TRACES, withIds(request, 'base64'))));
      const json = Buffer.from(JSON.stringify(withIds(request, 'hex')));
      expect(decodeProtobufTraces(encoded)).toStrictEqual(decodeJsonTraces(json));
    }),
  );
});

test('log records are the same from protobuf of another implementation and from JSON', () => {
  fc.assert(
    fc.property(logs, (request) => {
      const encoded = Buffer.from(toBinary(LOGS, fromJson(LOGS, withIds(request, 'base64'))));
      const json = Buffer.from(JSON.stringify(withIds(request, 'hex')));
      expect(decodeProtobufLogs(encoded)).toStrictEqual(decodeJsonLogs(json));
    }),
  );
});

test('base64 ids in JSON are the same ids', () => {
  fc.assert(
    fc.property(traces, (request) => {
      const hex = decodeJsonTraces(Buffer.from(JSON.stringify(withIds(request, 'hex'))));
      const base64 = decodeJsonTraces(Buffer.from(JSON.stringify(withIds(request, 'base64'))));
      expect(base64).toStrictEqual(hex);
    }),
  );
});

test('a request cut off anywhere is refused exactly when the other implementation refuses it', () => {
  fc.assert(
    fc.property(traces, fc.nat(), (request, position) => {
      const whole = Buffer.from(toBinary(TRACES, fromJson(TRACES, withIds(request, 'base64'))));
      const cut = whole.subarray(0, position % (whole.length + 1));
      const ours = attempt(() => decodeProtobufTraces(cut));
      const theirs = attempt(() => fromBinary(TRACES, cut));
      expect(ours).toBe(theirs === undefined ? undefined : 'Refusal');
    }),
    { endOnFailure: true },
  );
});

// No comparison here: the other implementation reads a field whatever its wire type says, we skip it as unknown.
test('a damaged request ends in records or a refusal', () => {
  fc.assert(
    fc.property(traces, fc.nat(), fc.nat(255), (request, position, byte) => {
      const damaged = Buffer.from(toBinary(TRACES, fromJson(TRACES, withIds(request, 'base64'))));
      if (damaged.length > 0) damaged[position % damaged.length] = byte;
      expect([undefined, 'Refusal']).toContain(attempt(() => decodeProtobufTraces(damaged)));
    }),
    { endOnFailure: true },
  );
});

function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof Refusal ? 'Refusal' : error instanceof Error ? error.name : 'unknown';
  }
}

test('random bytes end in records or a refusal', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
      for (const decode of [decodeProtobufTraces, decodeProtobufLogs, decodeJsonTraces, decodeJsonLogs])
        expect([undefined, 'Refusal']).toContain(attempt(() => decode(Buffer.from(noise))));
    }),
  );
});
