import type { DecodedSpan, SpanEvent, SpanLink } from '../records.ts';
import { partsProblem, type Owner, type Rejection } from './decoded-request.ts';
import { spanKindNumber, spanKindOf, spanStatusOf, statusNumber } from './enums.ts';
import { optionalId, parentId, SPAN_ID_HEX, spanIdsProblem, TRACE_ID_HEX } from './ids.ts';
import {
  enumField,
  idField,
  listField,
  listLength,
  objectField,
  textField,
  uint32Field,
  uint64Field,
  type JsonObject,
} from './json-fields.ts';
import { keyValues } from './json-values.ts';

/** One span of the JSON mapping. */
export function jsonSpan(span: JsonObject, owner: Owner, path: string): DecodedSpan | Rejection {
  const ids = {
    traceId: idField(span, 'traceId', path, TRACE_ID_HEX),
    spanId: idField(span, 'spanId', path, SPAN_ID_HEX),
    parentSpanId: idField(span, 'parentSpanId', path, SPAN_ID_HEX),
  };
  const problem = spanIdsProblem(ids, path);
  if (problem !== undefined) return problem;
  const parts = ['attributes', 'events', 'links'].map((name) => listLength(span, name));
  const tooMany = partsProblem(
    parts.reduce((sum, length) => sum + length, 0),
    path,
  );
  if (tooMany !== undefined) return tooMany;
  const status = objectField(span, 'status', path) ?? {};
  return {
    resource: owner.resource,
    scope: owner.scope,
    traceId: ids.traceId,
    spanId: ids.spanId,
    parentSpanId: parentId(ids.parentSpanId),
    traceState: textField(span, 'traceState', path),
    flags: uint32Field(span, 'flags', path),
    name: textField(span, 'name', path),
    otelKind: spanKindOf(enumField(span, 'kind', path, spanKindNumber)),
    startUnixNano: uint64Field(span, 'startTimeUnixNano', path),
    endUnixNano: uint64Field(span, 'endTimeUnixNano', path),
    status: spanStatusOf(enumField(status, 'code', `${path}.status`, statusNumber)),
    statusMessage: textField(status, 'message', `${path}.status`),
    attributes: keyValues(span, 'attributes', path),
    events: listField(span, 'events', path).map((event, index) => eventOf(event, `${path}.events[${index}]`)),
    links: listField(span, 'links', path).map((link, index) => linkOf(link, `${path}.links[${index}]`)),
  };
}

function eventOf(event: JsonObject, path: string): SpanEvent {
  return {
    timeUnixNano: uint64Field(event, 'timeUnixNano', path),
    name: textField(event, 'name', path),
    attributes: keyValues(event, 'attributes', path),
  };
}

function linkOf(link: JsonObject, path: string): SpanLink {
  return {
    traceId: optionalId(idField(link, 'traceId', path, TRACE_ID_HEX), TRACE_ID_HEX),
    spanId: optionalId(idField(link, 'spanId', path, SPAN_ID_HEX), SPAN_ID_HEX),
    traceState: textField(link, 'traceState', path),
    attributes: keyValues(link, 'attributes', path),
  };
}
