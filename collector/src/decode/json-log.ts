import type { DecodedLog } from '../records.ts';
import { partsProblem, type Owner, type Rejection } from './decoded-request.ts';
import { severityNumber } from './enums.ts';
import { optionalId, SPAN_ID_HEX, TRACE_ID_HEX } from './ids.ts';
import {
  enumField,
  field,
  idField,
  listLength,
  textField,
  uint32Field,
  uint64Field,
  type JsonObject,
} from './json-fields.ts';
import { anyValue, keyValues } from './json-values.ts';

/** One log record of the JSON mapping. */
export function jsonLog(log: JsonObject, owner: Owner, path: string): DecodedLog | Rejection {
  const tooMany = partsProblem(listLength(log, 'attributes'), path);
  if (tooMany !== undefined) return tooMany;
  return {
    resource: owner.resource,
    scope: owner.scope,
    timeUnixNano: uint64Field(log, 'timeUnixNano', path),
    observedTimeUnixNano: uint64Field(log, 'observedTimeUnixNano', path),
    traceId: optionalId(idField(log, 'traceId', path, TRACE_ID_HEX), TRACE_ID_HEX),
    spanId: optionalId(idField(log, 'spanId', path, SPAN_ID_HEX), SPAN_ID_HEX),
    flags: uint32Field(log, 'flags', path),
    severityNumber: enumField(log, 'severityNumber', path, severityNumber),
    severityText: textField(log, 'severityText', path),
    eventName: textField(log, 'eventName', path),
    body: anyValue(field(log, 'body'), `${path}.body`),
    attributes: keyValues(log, 'attributes', path),
  };
}
