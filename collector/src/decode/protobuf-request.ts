import { Refusal } from '../errors.ts';
import { ITEMS_PER_REQUEST_MAX } from '../limits.ts';
import type { AttributeValue, DecodedLog, DecodedSpan, Resource, Scope } from '../records.ts';
import {
  slicesOf,
  wholeRequest,
  type DecodedRequest,
  type Owner,
  type Progress,
  type Rejection,
  type Signal,
  type SlicedRequest,
} from './decoded-request.ts';
import { readLog } from './protobuf-log.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { readSpan } from './protobuf-span.ts';
import { nestedProblem, readResource, readScope } from './protobuf-values.ts';

/** Reads one span or log record; a {@link Rejection} leaves that item out and keeps its neighbours. */
type ItemReader<T> = (reader: ProtobufReader, owner: Owner, path: string) => T | Rejection;

interface Range {
  readonly start: number;
  readonly end: number;
}

const NO_SCOPE: Scope = { name: '', version: '', attributes: new Map() };

/** Decodes `ExportTraceServiceRequest`. */
export function decodeProtobufTraces(bytes: Buffer): DecodedRequest<DecodedSpan> {
  return wholeRequest(sliceProtobufTraces(bytes));
}

/** Decodes `ExportLogsServiceRequest`. */
export function decodeProtobufLogs(bytes: Buffer): DecodedRequest<DecodedLog> {
  return wholeRequest(sliceProtobufLogs(bytes));
}

/** The same while its slices are taken. */
export function sliceProtobufTraces(bytes: Buffer): SlicedRequest<DecodedSpan> {
  return slicedRequest(bytes, 'traces', readSpan);
}

export function sliceProtobufLogs(bytes: Buffer): SlicedRequest<DecodedLog> {
  return slicedRequest(bytes, 'logs', readLog);
}

const NAMES = {
  traces: { envelope: 'resourceSpans', group: 'scopeSpans', item: 'spans' },
  logs: { envelope: 'resourceLogs', group: 'scopeLogs', item: 'logRecords' },
} as const;

/**
 * Both requests have one shape: envelopes (resource, groups) of groups (scope, items). The framing is walked first, which
 * costs almost nothing: a request with too many items is refused before anything is decoded, and a resource that stands
 * behind its spans is known before they are read.
 */
function slicedRequest<T extends DecodedSpan | DecodedLog>(
  bytes: Buffer,
  signal: Signal,
  readItem: ItemReader<T>,
): SlicedRequest<T> {
  const envelopes = ranges(bytes, { start: 0, end: bytes.length }, 0x0a);
  checkItemCount(bytes, envelopes, NAMES[signal].item);
  const rejected: Rejection[] = [];
  const progress: Progress = { bytes: 0 };
  return {
    slices: slicesOf(itemsIn(bytes, envelopes, signal, readItem, progress), rejected, progress),
    rejected,
    warnings: new Set(),
  };
}

function* itemsIn<T extends DecodedSpan | DecodedLog>(
  bytes: Buffer,
  envelopes: readonly Range[],
  signal: Signal,
  readItem: ItemReader<T>,
  progress: Progress,
): Generator<T | Rejection> {
  const names = NAMES[signal];
  for (const [envelopeIndex, envelope] of envelopes.entries()) {
    const resource = readEnvelopeResource(bytes, envelope);
    for (const [groupIndex, group] of ranges(bytes, envelope, 0x12).entries()) {
      const owner: Owner = { resource, scope: readGroupScope(bytes, group) };
      const path = `${names.envelope}[${envelopeIndex}].${names.group}[${groupIndex}].${names.item}`;
      const reader = new ProtobufReader(bytes, group.start, group.end);
      for (let index = 0; !reader.ended();) {
        const tag = reader.tag();
        if (tag === 0x12) {
          const item = readItem(reader, owner, `${path}[${index}]`);
          progress.bytes = reader.position;
          yield item;
          index += 1;
        } else reader.skip(tag);
      }
    }
  }
}

function checkItemCount(bytes: Buffer, envelopes: readonly Range[], itemName: string): void {
  let count = 0;
  for (const envelope of envelopes) {
    for (const group of ranges(bytes, envelope, 0x12)) count += ranges(bytes, group, 0x12).length;
    if (count > ITEMS_PER_REQUEST_MAX)
      throw new Refusal(
        'too_many_items',
        `more than ${ITEMS_PER_REQUEST_MAX} ${itemName} in one request: send smaller batches`,
      );
  }
}

/** Where the messages in the fields with this tag lie. */
function ranges(bytes: Buffer, within: Range, wanted: number): Range[] {
  const found: Range[] = [];
  const reader = new ProtobufReader(bytes, within.start, within.end);
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === wanted) {
      const outer = reader.enter();
      found.push({ start: reader.position, end: reader.end });
      reader.leaveUnread(outer);
    } else reader.skip(tag);
  }
  return found;
}

function readEnvelopeResource(bytes: Buffer, envelope: Range): Resource {
  const attributes = new Map<string, AttributeValue>();
  let schemaUrl = '';
  const reader = new ProtobufReader(bytes, envelope.start, envelope.end);
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) readResource(reader, attributes);
    else if (tag === 0x1a) schemaUrl = reader.string();
    else reader.skip(tag);
  }
  checkNested(reader, 'resource');
  return { attributes, schemaUrl };
}

function readGroupScope(bytes: Buffer, group: Range): Scope {
  let scope = NO_SCOPE;
  const reader = new ProtobufReader(bytes, group.start, group.end);
  while (!reader.ended()) {
    const tag = reader.tag();
    if (tag === 0x0a) scope = readScope(reader, scope);
    else reader.skip(tag);
  }
  checkNested(reader, 'scope');
  return scope;
}

/** What all items share cannot be left out. */
function checkNested(reader: ProtobufReader, field: string): void {
  const rejection = nestedProblem(reader, field);
  if (rejection !== undefined) throw new Refusal('undecodable', rejection.problem, field);
}
