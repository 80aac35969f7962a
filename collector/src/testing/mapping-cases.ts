import { existsSync, readFileSync } from 'node:fs';
import { normalizeLogs } from '../normalize/normalize-log.ts';
import type { AttributeValue, Batch } from '../records.ts';
import { normalized, RECEIVED_AT_MS, START_NS } from './span-of.ts';

/** Mapping cases of other products with the values that stand literally in their input; absent without the data set. */
const DATA = new URL('../../../../shared/data/', import.meta.url);

/** One span or log record of such a product, and what its authors make of it. */
export interface MappingCase {
  readonly id: string;
  readonly scope?: { readonly name?: string };
  readonly resourceAttributes?: Readonly<Record<string, unknown>>;
  readonly span?: {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
    readonly events?: readonly {
      readonly name: string;
      readonly attributes?: Readonly<Record<string, unknown>>;
    }[];
  };
  readonly log?: { readonly attributes: Readonly<Record<string, unknown>>; readonly body?: unknown };
  readonly expected?: {
    readonly kind?: string;
    readonly facts?: Readonly<Record<string, unknown>>;
    readonly vendor?: unknown;
  };
}

export function hasMappingCases(): boolean {
  return existsSync(DATA);
}

export function mappingCases(family: string): MappingCase[] {
  const lines = readFileSync(new URL(`${family}/cases.jsonl`, DATA), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line): MappingCase => JSON.parse(line));
}

/** What becomes of a case. */
export function batchOf({ span, log, scope, resourceAttributes }: MappingCase): Batch {
  if (span !== undefined) {
    const record = normalized(attributesOf(span.attributes), {
      name: span.name,
      scope: scope?.name ?? '',
      resource: attributesOf(resourceAttributes),
      events: (span.events ?? []).map((event) => ({
        name: event.name,
        timeUnixNano: START_NS,
        attributes: new Map(Object.entries(attributesOf(event.attributes))),
      })),
    });
    return { spans: [record.span], logs: [], outcomes: record.outcomes };
  }
  const decoded = {
    resource: { attributes: new Map(Object.entries(attributesOf(resourceAttributes))), schemaUrl: '' },
    scope: { name: scope?.name ?? '', version: '', attributes: new Map<string, AttributeValue>() },
    timeUnixNano: START_NS,
    observedTimeUnixNano: 0n,
    traceId: '',
    spanId: '',
    flags: 0,
    severityNumber: 9,
    severityText: '',
    eventName: '',
    body: attributeOf(log?.body ?? null),
    attributes: new Map(Object.entries(attributesOf(log?.attributes))),
  };
  return normalizeLogs([decoded], () => 'test', RECEIVED_AT_MS);
}

/** A value of the data set's short form as attribute value. */
function attributeOf(value: unknown): AttributeValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(attributeOf);
  const entries = Object.entries(value ?? {});
  const [[key, inner] = ['', undefined]] = entries;
  if (key === 'doubleValue') return Number(inner);
  if (key === 'intValue') return BigInt(String(inner));
  if (key === 'bytesValue') return new Uint8Array(Buffer.from(String(inner), 'base64'));
  if (key === 'kvlistValue') return attributesOf(inner as Readonly<Record<string, unknown>>);
  return attributesOf(Object.fromEntries(entries));
}

export function attributesOf(values: Readonly<Record<string, unknown>> = {}): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, attributeOf(value)]));
}
