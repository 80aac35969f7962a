import type { AttributeValue, DecodedSpan, SpanEvent, SpanLink } from '../records.ts';
import { isRoomFor, partsProblem, type Owner, type Rejection } from './decoded-request.ts';
import { spanKindOf, spanStatusOf } from './enums.ts';
import { optionalId, parentId, SPAN_ID_HEX, spanIdsProblem, TRACE_ID_HEX } from './ids.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { nestedProblem, readKeyValue } from './protobuf-values.ts';

/** `opentelemetry.proto.trace.v1.Span`. A field that appears twice: the last one wins, a repeated status is merged. */
export function readSpan(reader: ProtobufReader, owner: Owner, path: string): DecodedSpan | Rejection {
  const outer = reader.enter();
  reader.nestedValues = 0;
  const attributes = new Map<string, AttributeValue>();
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const status = { code: 0, message: '' };
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let traceState = '';
  let name = '';
  let kind = 0;
  let flags = 0;
  let startUnixNano = 0n;
  let endUnixNano = 0n;
  let parts = 0;
  while (!reader.ended()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a:
        traceId = reader.hex();
        break;
      case 0x12:
        spanId = reader.hex();
        break;
      case 0x1a:
        traceState = reader.string();
        break;
      case 0x22:
        parentSpanId = reader.hex();
        break;
      case 0x2a:
        name = reader.string();
        break;
      case 0x30:
        kind = reader.small();
        break;
      case 0x39:
        startUnixNano = reader.fixed64();
        break;
      case 0x41:
        endUnixNano = reader.fixed64();
        break;
      case 0x4a:
        if (isRoomFor((parts += 1))) readKeyValue(reader, attributes);
        else reader.skip(tag);
        break;
      case 0x5a:
        if (isRoomFor((parts += 1))) events.push(readEvent(reader));
        else reader.skip(tag);
        break;
      case 0x6a:
        if (isRoomFor((parts += 1))) links.push(readLink(reader));
        else reader.skip(tag);
        break;
      case 0x7a:
        readStatus(reader, status);
        break;
      case 0x85:
        flags = reader.fixed32();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  const problem =
    spanIdsProblem({ traceId, spanId, parentSpanId }, path) ??
    partsProblem(parts, path) ??
    nestedProblem(reader, path);
  if (problem !== undefined) return problem;
  return {
    resource: owner.resource,
    scope: owner.scope,
    traceId,
    spanId,
    parentSpanId: parentId(parentSpanId),
    traceState,
    flags,
    name,
    otelKind: spanKindOf(kind),
    startUnixNano,
    endUnixNano,
    status: spanStatusOf(status.code),
    statusMessage: status.message,
    attributes,
    events,
    links,
  };
}

function readEvent(reader: ProtobufReader): SpanEvent {
  const outer = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let name = '';
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x09) timeUnixNano = reader.fixed64();
    else if (tag === 0x12) name = reader.string();
    else if (tag === 0x1a) readKeyValue(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { timeUnixNano, name, attributes };
}

function readLink(reader: ProtobufReader): SpanLink {
  const outer = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  let traceId = '';
  let spanId = '';
  let traceState = '';
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) traceId = reader.hex();
    else if (tag === 0x12) spanId = reader.hex();
    else if (tag === 0x1a) traceState = reader.string();
    else if (tag === 0x22) readKeyValue(reader, attributes);
    else reader.skip(tag);
  }
  reader.leave(outer);
  return {
    traceId: optionalId(traceId, TRACE_ID_HEX),
    spanId: optionalId(spanId, SPAN_ID_HEX),
    traceState,
    attributes,
  };
}

function readStatus(reader: ProtobufReader, status: { code: number; message: string }): void {
  const outer = reader.enter();
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x12) status.message = reader.string();
    else if (tag === 0x18) status.code = reader.small();
    else reader.skip(tag);
  }
  reader.leave(outer);
}
