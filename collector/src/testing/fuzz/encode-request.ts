import { Buffer } from 'node:buffer';
import type { Signal } from '../../decode/decoded-request.ts';
import type {
  AttributeValue,
  Attributes,
  DecodedLog,
  DecodedSpan,
  SpanEvent,
  SpanLink,
} from '../../records.ts';
import { encodeWire, varintOf, type WireField } from './wire-tree.ts';

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'] as const;
const STATUSES = ['Unset', 'Ok', 'Error'] as const;
const NONE = Buffer.alloc(0);

/** The protobuf request that decodes to these items: the way back, for comparing. */
export function encodeProtobuf(items: readonly (DecodedSpan | DecodedLog)[]): Buffer {
  return encodeWire(
    items.map((item) =>
      message(1, [
        message(1, attributes(1, item.resource.attributes)),
        message(2, [
          message(1, [
            text(1, item.scope.name),
            text(2, item.scope.version),
            ...attributes(3, item.scope.attributes),
          ]),
          message(2, 'otelKind' in item ? spanFields(item) : logFields(item)),
        ]),
        text(3, item.resource.schemaUrl),
      ]),
    ),
  );
}

function spanFields(span: DecodedSpan): WireField[] {
  return [
    hex(1, span.traceId),
    hex(2, span.spanId),
    text(3, span.traceState),
    hex(4, span.parentSpanId),
    text(5, span.name),
    varint(6, BigInt(KINDS.indexOf(span.otelKind))),
    fixed64(7, span.startUnixNano),
    fixed64(8, span.endUnixNano),
    ...attributes(9, span.attributes),
    ...span.events.map((event) => message(11, eventFields(event))),
    ...span.links.map((link) => message(13, linkFields(link))),
    message(15, [text(2, span.statusMessage), varint(3, BigInt(STATUSES.indexOf(span.status)))]),
    fixed32(16, span.flags),
  ];
}

function eventFields(event: SpanEvent): WireField[] {
  return [fixed64(1, event.timeUnixNano), text(2, event.name), ...attributes(3, event.attributes)];
}

function linkFields(link: SpanLink): WireField[] {
  return [
    hex(1, link.traceId),
    hex(2, link.spanId),
    text(3, link.traceState),
    ...attributes(4, link.attributes),
  ];
}

function logFields(log: DecodedLog): WireField[] {
  return [
    fixed64(1, log.timeUnixNano),
    varint(2, BigInt(log.severityNumber)),
    text(3, log.severityText),
    message(5, anyValue(log.body)),
    ...attributes(6, log.attributes),
    fixed32(8, log.flags),
    hex(9, log.traceId),
    hex(10, log.spanId),
    fixed64(11, log.observedTimeUnixNano),
    text(12, log.eventName),
  ];
}

function attributes(number: number, entries: Attributes): WireField[] {
  return [...entries].map(([key, value]) => message(number, keyValue(key, value)));
}

function keyValue(key: string, value: AttributeValue): WireField[] {
  return [text(1, key), message(2, anyValue(value))];
}

function anyValue(value: AttributeValue): WireField[] {
  if (value === null) return [];
  if (typeof value === 'string') return [text(1, value)];
  if (typeof value === 'boolean') return [varint(2, value ? 1n : 0n)];
  if (typeof value === 'bigint') return [varint(3, value)];
  if (typeof value === 'number') {
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(value);
    return [{ tag: 0x21, payload }];
  }
  if (value instanceof Uint8Array) return [{ tag: 0x3a, payload: Buffer.from(value) }];
  if (isList(value))
    return [
      message(
        5,
        value.map((element) => message(1, anyValue(element))),
      ),
    ];
  return [
    message(
      6,
      Object.entries(value).map(([key, inner]) => message(1, keyValue(key, inner))),
    ),
  ];
}

function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value);
}

function message(number: number, children: readonly WireField[]): WireField {
  return { tag: number * 8 + 2, payload: NONE, children };
}

function text(number: number, value: string): WireField {
  return { tag: number * 8 + 2, payload: Buffer.from(value) };
}

function hex(number: number, value: string): WireField {
  return { tag: number * 8 + 2, payload: Buffer.from(value, 'hex') };
}

function fixed64(number: number, value: bigint): WireField {
  const payload = Buffer.alloc(8);
  payload.writeBigUInt64LE(value);
  return { tag: number * 8 + 1, payload };
}

function fixed32(number: number, value: number): WireField {
  const payload = Buffer.alloc(4);
  payload.writeUInt32LE(value);
  return { tag: number * 8 + 5, payload };
}

function varint(number: number, value: bigint): WireField {
  if (value >= 0n && value < 2n ** 53n) return { tag: number * 8, payload: varintOf(Number(value)) };
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return { tag: number * 8, payload: Buffer.from(bytes) };
}

/** The same request in the JSON mapping. */
export function encodeJson(signal: Signal, items: readonly (DecodedSpan | DecodedLog)[]): Buffer {
  const names =
    signal === 'traces'
      ? ['resourceSpans', 'scopeSpans', 'spans']
      : ['resourceLogs', 'scopeLogs', 'logRecords'];
  const [envelope = '', group = '', list = ''] = names;
  const envelopes = items.map((item) => ({
    resource: { attributes: jsonAttributes(item.resource.attributes) },
    schemaUrl: item.resource.schemaUrl,
    [group]: [
      {
        scope: { ...item.scope, attributes: jsonAttributes(item.scope.attributes) },
        [list]: ['otelKind' in item ? jsonSpan(item) : jsonLog(item)],
      },
    ],
  }));
  return Buffer.from(JSON.stringify({ [envelope]: envelopes }));
}

function jsonSpan(span: DecodedSpan): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    name: span.name,
    kind: KINDS.indexOf(span.otelKind),
    startTimeUnixNano: String(span.startUnixNano),
    endTimeUnixNano: String(span.endUnixNano),
    attributes: jsonAttributes(span.attributes),
    events: span.events.map((event) => ({
      timeUnixNano: String(event.timeUnixNano),
      name: event.name,
      attributes: jsonAttributes(event.attributes),
    })),
    links: span.links.map((link) => ({ ...link, attributes: jsonAttributes(link.attributes) })),
    status: { message: span.statusMessage, code: STATUSES.indexOf(span.status) },
    flags: span.flags,
  };
}

function jsonLog(log: DecodedLog): object {
  return {
    timeUnixNano: String(log.timeUnixNano),
    observedTimeUnixNano: String(log.observedTimeUnixNano),
    severityNumber: log.severityNumber,
    severityText: log.severityText,
    eventName: log.eventName,
    body: jsonValue(log.body),
    attributes: jsonAttributes(log.attributes),
    traceId: log.traceId,
    spanId: log.spanId,
    flags: log.flags,
  };
}

function jsonAttributes(entries: Attributes): object[] {
  return [...entries].map(([key, value]) => ({ key, value: jsonValue(value) }));
}

function jsonValue(value: AttributeValue): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  // As text, since JSON has no NaN and writes -0 as 0.
  if (typeof value === 'number') return { doubleValue: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isList(value)) return { arrayValue: { values: value.map(jsonValue) } };
  return {
    kvlistValue: { values: Object.entries(value).map(([key, inner]) => ({ key, value: jsonValue(inner) })) },
  };
}
