import type { Attributes, HrTime } from '@opentelemetry/api';

import type { EndedSpan } from './ended-span.ts';

/** Nested attribute values beyond this depth are written as null. */
const DEPTH_MAX = 64;

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Body of an OTLP/HTTP JSON trace request for these spans. Spans of other providers keep their own resource;
 * `resource`, if given, replaces it.
 */
export function encodeTraceRequest(spans: readonly EndedSpan[], resource?: Attributes): string {
  const byResource = new Map<Attributes, Map<string, EndedSpan[]>>();
  for (const span of spans) {
    const key = resource ?? span.resource.attributes;
    const scopes = byResource.get(key) ?? new Map<string, EndedSpan[]>();
    byResource.set(key, scopes);
    const { name, version = '' } = scopeOf(span);
    const scope = `${name}\n${version}`;
    const group = scopes.get(scope);
    if (group === undefined) scopes.set(scope, [span]);
    else group.push(span);
  }
  return JSON.stringify({
    resourceSpans: [...byResource].map(([attributes, scopes]) => ({
      resource: { attributes: encodeAttributes(attributes) },
      scopeSpans: [...scopes.values()].map((group) => ({
        scope: group[0] === undefined ? {} : scopeOf(group[0]),
        spans: group.map(encodeSpan),
      })),
    })),
  });
}

function scopeOf(span: EndedSpan): { name: string; version?: string } {
  const { name = '', version } = span.instrumentationScope ?? span.instrumentationLibrary ?? {};
  return version === undefined ? { name } : { name, version };
}

function encodeSpan(span: EndedSpan): Json {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  const parent = span.parentSpanContext?.spanId ?? span.parentSpanId ?? '';
  const state = traceState?.serialize() ?? '';
  return {
    traceId,
    spanId,
    ...(parent === '' ? {} : { parentSpanId: parent }),
    ...(state === '' ? {} : { traceState: state }),
    flags: spanFlags(traceFlags, span.parentSpanContext?.isRemote),
    name: span.name,
    // The API counts from internal = 0, the protocol keeps 0 for unspecified.
    kind: span.kind + 1,
    startTimeUnixNano: unixNano(span.startTime),
    endTimeUnixNano: unixNano(span.endTime),
    attributes: encodeAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: unixNano(event.time),
      attributes: encodeAttributes(event.attributes ?? {}),
    })),
    droppedEventsCount: span.droppedEventsCount ?? 0,
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      flags: spanFlags(link.context.traceFlags, link.context.isRemote),
      attributes: encodeAttributes(link.attributes ?? {}),
    })),
    droppedLinksCount: span.droppedLinksCount ?? 0,
    status: {
      code: span.status.code,
      ...(span.status.message === undefined ? {} : { message: span.status.message }),
    },
  };
}

/** W3C flags in the low byte; bit 8 says that bit 9 ("the parent is remote") is known. */
function spanFlags(traceFlags: number, isRemote: boolean | undefined): number {
  return (traceFlags & 0xff) | 0x100 | (isRemote === true ? 0x200 : 0);
}

/** Nanoseconds since the epoch exceed what a number holds: digits are joined, not added. */
function unixNano(time: HrTime): string {
  const [seconds, nanos] = time;
  return seconds === 0 ? String(nanos) : `${seconds}${String(nanos).padStart(9, '0')}`;
}

function encodeAttributes(attributes: Attributes): Json[] {
  const list: Json[] = [];
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value !== undefined) list.push({ key, value: encodeValue(value, 0) });
  }
  return list;
}

function encodeValue(value: unknown, depth: number): Json {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: value.toString() };
    case 'number':
      return encodeNumber(value);
    case 'object':
      return value === null || depth >= DEPTH_MAX ? {} : encodeObject(value, depth + 1);
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      return {};
  }
}

function encodeNumber(value: number): Json {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { intValue: String(value) };
  // JSON has no NaN and no infinities; the protocol's JSON mapping writes them as text.
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function encodeObject(value: object, depth: number): Json {
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) {
    return { arrayValue: { values: value.map((item: unknown) => encodeValue(item, depth)) } };
  }
  const values = Object.entries(value).map(([key, item]) => ({ key, value: encodeValue(item, depth) }));
  return { kvlistValue: { values } };
}

/** Rough size of a span in memory and on the wire, bytes: cheap enough for every span, since it bounds the queue. */
export function estimateBytes(span: EndedSpan): number {
  let bytes = 400 + span.name.length + attributeBytes(span.attributes);
  for (const event of span.events) bytes += 64 + event.name.length + attributeBytes(event.attributes ?? {});
  for (const link of span.links) bytes += 128 + attributeBytes(link.attributes ?? {});
  return bytes;
}

function attributeBytes(attributes: Attributes): number {
  let bytes = 0;
  for (const key in attributes) {
    const value: unknown = attributes[key];
    bytes += key.length + 32;
    if (typeof value === 'string') bytes += value.length;
    else if (Array.isArray(value)) {
      for (const item of value) bytes += typeof item === 'string' ? item.length + 24 : 24;
    } else if (typeof value === 'object' && value !== null) {
      bytes += JSON.stringify(value).length;
    }
  }
  return bytes;
}
