import { Refusal } from '../errors.ts';
import { ITEMS_PER_REQUEST_MAX } from '../limits.ts';
import type { DecodedLog, DecodedSpan, Resource, Scope } from '../records.ts';
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
import { fault, field, isObject, listField, objectField, textField, type JsonObject } from './json-fields.ts';
import { jsonLog } from './json-log.ts';
import { jsonSpan } from './json-span.ts';
import { checkUtf8, parseJson, parseJsonPart } from './json-text.ts';
import { keyValues } from './json-values.ts';
import { splitJson } from './split-json.ts';

type ItemReader<T> = (item: JsonObject, owner: Owner, path: string) => T | Rejection;

/** Bodies from this size on are parsed item by item, bytes. */
const SPLIT_BYTES_MIN = 1_048_576;

/** Names of one signal; `old` are the names before protocol 0.15, which are read as well. */
const NAMES = {
  traces: {
    envelope: 'resourceSpans',
    group: 'scopeSpans',
    old: 'instrumentationLibrarySpans',
    item: 'spans',
    other: 'resourceLogs',
    otherPath: '/v1/logs',
  },
  logs: {
    envelope: 'resourceLogs',
    group: 'scopeLogs',
    old: 'instrumentationLibraryLogs',
    item: 'logRecords',
    other: 'resourceSpans',
    otherPath: '/v1/traces',
  },
} as const;

/** Decodes `ExportTraceServiceRequest` in the JSON mapping of OTLP. Gives what the protobuf decoder gives. */
export function decodeJsonTraces(bytes: Buffer): DecodedRequest<DecodedSpan> {
  return wholeRequest(sliceJsonTraces(bytes));
}

/** Decodes `ExportLogsServiceRequest` in the JSON mapping of OTLP. */
export function decodeJsonLogs(bytes: Buffer): DecodedRequest<DecodedLog> {
  return wholeRequest(sliceJsonLogs(bytes));
}

/** The same while its slices are taken. */
export function sliceJsonTraces(
  bytes: Buffer,
  splitBytesMin: number = SPLIT_BYTES_MIN,
): SlicedRequest<DecodedSpan> {
  return slicedRequest(readBody(bytes, splitBytesMin), 'traces', jsonSpan);
}

export function sliceJsonLogs(
  bytes: Buffer,
  splitBytesMin: number = SPLIT_BYTES_MIN,
): SlicedRequest<DecodedLog> {
  return slicedRequest(readBody(bytes, splitBytesMin), 'logs', jsonLog);
}

/** Stands for an item that is not parsed. */
class LeftOut {
  readonly rejection: Rejection;

  constructor(rejection: Rejection) {
    this.rejection = rejection;
  }
}

/** A body, parsed as far as it is at once. */
interface Body {
  readonly root: unknown;
  /**
   * The item that stands for an element of a list of items, or why it is left out. Throws a {@link Refusal} for text that is
   * not JSON.
   */
  readonly itemOf: (element: JsonObject, path: string) => unknown;
  /** To be called behind the last item: what stood in lists that are not known must be JSON too. */
  readonly end: () => void;
  readonly progress: Progress;
}

function readBody(bytes: Buffer, splitBytesMin: number): Body {
  const progress: Progress = { bytes: 0 };
  if (bytes.length < splitBytesMin)
    return { root: parseJson(bytes), itemOf: (element) => element, end: () => undefined, progress };
  const { frame, items } = splitJson(checkUtf8(bytes));
  const rest = new Set(items);
  return {
    root: parseJson(frame),
    itemOf: (element, path) => {
      const item = items[Number(element[''])];
      if (item === undefined) return element;
      rest.delete(item);
      if (typeof item === 'string') return new LeftOut({ field: path, problem: item });
      progress.bytes += item.length;
      return parseJsonPart(item, path);
    },
    end: () => {
      for (const item of rest) if (typeof item !== 'string') parseJsonPart(item, '');
    },
    progress,
  };
}

function slicedRequest<T extends DecodedSpan | DecodedLog>(
  body: Body,
  signal: Signal,
  readItem: ItemReader<T>,
): SlicedRequest<T> {
  const { root, progress } = body;
  if (!isObject(root))
    throw new Refusal('undecodable', `the body is not an object with ${NAMES[signal].envelope}`);
  checkPath(root, signal);
  const rejected: Rejection[] = [];
  const warnings = new Set<string>();
  const items = itemsIn(root, body, signal, readItem, warnings);
  return { slices: slicesOf(items, rejected, progress), rejected, warnings };
}

function* itemsIn<T extends DecodedSpan | DecodedLog>(
  root: JsonObject,
  body: Body,
  signal: Signal,
  readItem: ItemReader<T>,
  warnings: Set<string>,
): Generator<T | Rejection> {
  const names = NAMES[signal];
  let count = 0;
  for (const [envelopeIndex, envelope] of listField(root, names.envelope, '').entries()) {
    const path = `${names.envelope}[${envelopeIndex}]`;
    const resource = resourceOf(envelope, path);
    for (const { group, groupPath, scopeName } of groupsOf(envelope, path, signal)) {
      if (scopeName !== 'scope') warnings.add(`${names.old} is an old name of ${names.group}: it was read`);
      const owner: Owner = { resource, scope: scopeOf(group, scopeName, groupPath) };
      const elements = listField(group, names.item, groupPath);
      count += elements.length;
      if (count > ITEMS_PER_REQUEST_MAX)
        throw new Refusal(
          'too_many_items',
          `more than ${ITEMS_PER_REQUEST_MAX} ${names.item} in one request: send smaller batches`,
        );
      for (const [index, element] of elements.entries()) {
        const itemPath = `${groupPath}.${names.item}[${index}]`;
        const item = body.itemOf(element, itemPath);
        if (item instanceof LeftOut) yield item.rejection;
        else if (isObject(item)) yield readItem(item, owner, itemPath);
        else throw fault(itemPath, 'an object', item);
      }
    }
  }
  body.end();
}

/** A body of the other signal would otherwise decode to nothing and be lost in silence. */
function checkPath(root: JsonObject, signal: Signal): void {
  const names = NAMES[signal];
  if (field(root, names.envelope) !== undefined) return;
  if (field(root, names.other) !== undefined)
    throw new Refusal('undecodable', `this body has ${names.other}: send it to ${names.otherPath}`);
  if (field(root, 'resourceMetrics') !== undefined)
    throw new Refusal('undecodable', 'this body has resourceMetrics: metrics are not stored');
}

function* groupsOf(
  envelope: JsonObject,
  path: string,
  signal: Signal,
): Generator<{ group: JsonObject; groupPath: string; scopeName: string }> {
  const { group, old } = NAMES[signal];
  for (const [index, element] of listField(envelope, group, path).entries())
    yield { group: element, groupPath: `${path}.${group}[${index}]`, scopeName: 'scope' };
  for (const [index, element] of listField(envelope, old, path).entries())
    yield { group: element, groupPath: `${path}.${old}[${index}]`, scopeName: 'instrumentationLibrary' };
}

function resourceOf(envelope: JsonObject, path: string): Resource {
  const resource = objectField(envelope, 'resource', path) ?? {};
  return {
    attributes: keyValues(resource, 'attributes', `${path}.resource`),
    schemaUrl: textField(envelope, 'schemaUrl', path),
  };
}

function scopeOf(group: JsonObject, scopeName: string, path: string): Scope {
  const scope = objectField(group, scopeName, path) ?? {};
  return {
    name: textField(scope, 'name', `${path}.${scopeName}`),
    version: textField(scope, 'version', `${path}.${scopeName}`),
    attributes: keyValues(scope, 'attributes', `${path}.${scopeName}`),
  };
}
