import type { AttributeValue, DecodedLog } from '../records.ts';
import { isRoomFor, partsProblem, type Owner, type Rejection } from './decoded-request.ts';
import { optionalId, SPAN_ID_HEX, TRACE_ID_HEX } from './ids.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { nestedProblem, readAnyValue, readKeyValue } from './protobuf-values.ts';

/** `opentelemetry.proto.logs.v1.LogRecord`. */
export function readLog(reader: ProtobufReader, owner: Owner, path: string): DecodedLog | Rejection {
  const outer = reader.enter();
  reader.nestedValues = 0;
  const attributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let observedTimeUnixNano = 0n;
  let traceId = '';
  let spanId = '';
  let flags = 0;
  let severityNumber = 0;
  let severityText = '';
  let eventName = '';
  let body: AttributeValue = null;
  let parts = 0;
  while (!reader.ended()) {
    const tag = reader.tag();
    switch (tag) {
      case 0x09:
        timeUnixNano = reader.fixed64();
        break;
      case 0x10:
        severityNumber = reader.small();
        break;
      case 0x1a:
        severityText = reader.string();
        break;
      case 0x2a:
        body = readAnyValue(reader, 0, body);
        break;
      case 0x32:
        if (isRoomFor((parts += 1))) readKeyValue(reader, attributes);
        else reader.skip(tag);
        break;
      case 0x45:
        flags = reader.fixed32();
        break;
      case 0x4a:
        traceId = reader.hex();
        break;
      case 0x52:
        spanId = reader.hex();
        break;
      case 0x59:
        observedTimeUnixNano = reader.fixed64();
        break;
      case 0x62:
        eventName = reader.string();
        break;
      default:
        reader.skip(tag);
    }
  }
  reader.leave(outer);
  const tooMany = partsProblem(parts, path) ?? nestedProblem(reader, path);
  if (tooMany !== undefined) return tooMany;
  return {
    resource: owner.resource,
    scope: owner.scope,
    timeUnixNano,
    observedTimeUnixNano,
    traceId: optionalId(traceId, TRACE_ID_HEX),
    spanId: optionalId(spanId, SPAN_ID_HEX),
    flags,
    severityNumber,
    severityText,
    eventName,
    body,
    attributes,
  };
}
