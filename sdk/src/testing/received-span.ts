import { isRecord } from '../contract/decode.ts';

/** A span as a collector sees it; attribute values are plain. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** `''`: none. */
  readonly parentSpanId: string;
  readonly name: string;
  /** `unset`, `ok` or `error`. */
  readonly status: 'unset' | 'ok' | 'error';
  readonly statusMessage: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly events: readonly {
    readonly name: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

const STATUSES = ['unset', 'ok', 'error'] as const;

/** Spans of an OTLP/JSON trace request. What is not there is empty. */
export function decodeReceivedSpans(request: unknown): ReceivedSpan[] {
  return list(request, 'resourceSpans').flatMap((group) => {
    const resource = attributesOf(isRecord(group) ? group['resource'] : undefined);
    return list(group, 'scopeSpans').flatMap((scoped) => {
      const scope = isRecord(scoped) && isRecord(scoped['scope']) ? text(scoped['scope']['name']) : '';
      return list(scoped, 'spans').map((span) => decodeSpan(isRecord(span) ? span : {}, resource, scope));
    });
  });
}

function decodeSpan(
  span: Readonly<Record<string, unknown>>,
  resource: Readonly<Record<string, unknown>>,
  scope: string,
): ReceivedSpan {
  const status = isRecord(span['status']) ? span['status'] : {};
  return {
    traceId: text(span['traceId']),
    spanId: text(span['spanId']),
    parentSpanId: text(span['parentSpanId']),
    name: text(span['name']),
    status: STATUSES[Number(status['code'] ?? 0)] ?? 'unset',
    statusMessage: text(status['message']),
    attributes: attributesOf(span),
    resource,
    scope,
    events: list(span, 'events').map((event) => ({
      name: isRecord(event) ? text(event['name']) : '',
      attributes: attributesOf(event),
    })),
    links: list(span, 'links').map((link) => ({
      traceId: isRecord(link) ? text(link['traceId']) : '',
      spanId: isRecord(link) ? text(link['spanId']) : '',
    })),
    startUnixNano: BigInt(text(span['startTimeUnixNano']) || 0),
    endUnixNano: BigInt(text(span['endTimeUnixNano']) || 0),
  };
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function attributesOf(value: unknown): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const pair of list(value, 'attributes')) {
    if (isRecord(pair)) attributes[text(pair['key'])] = plain(pair['value']);
  }
  return attributes;
}

/** The value behind one OTLP `AnyValue`. */
function plain(value: unknown): unknown {
  if (!isRecord(value)) return null;
  if ('stringValue' in value) return value['stringValue'];
  if ('boolValue' in value) return value['boolValue'];
  if ('intValue' in value) return Number(value['intValue']);
  if ('doubleValue' in value) return Number(value['doubleValue']);
  if ('bytesValue' in value) return value['bytesValue'];
  if ('arrayValue' in value) return list(value['arrayValue'], 'values').map(plain);
  if (!('kvlistValue' in value)) return null;
  const pairs = list(value['kvlistValue'], 'values').filter(isRecord);
  return Object.fromEntries(pairs.map((pair) => [text(pair['key']), plain(pair['value'])]));
}
