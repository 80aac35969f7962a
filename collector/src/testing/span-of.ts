import { normalizeSpans } from '../normalize/normalize-span.ts';
import type { AttributeValue, DecodedSpan, OutcomeRecord, SpanRecord } from '../records.ts';

/** Time of receipt of {@link normalized} spans, epoch ms: 2026-11-20. */
export const RECEIVED_AT_MS = 1_795_132_800_000;
export const START_NS: bigint = BigInt(RECEIVED_AT_MS - 60_000) * 1_000_000n;

export interface SpanFields extends Partial<Omit<DecodedSpan, 'attributes' | 'scope' | 'resource'>> {
  readonly scope?: string;
  readonly resource?: Readonly<Record<string, AttributeValue>>;
}

/** A decoded span with these attributes. */
export function spanOf(
  attributes: Readonly<Record<string, AttributeValue>>,
  { scope = 'test', resource = {}, ...fields }: SpanFields = {},
): DecodedSpan {
  return {
    resource: { attributes: new Map(Object.entries(resource)), schemaUrl: '' },
    scope: { name: scope, version: '1', attributes: new Map() },
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: '00f067aa0ba902b1',
    parentSpanId: '',
    traceState: '',
    flags: 0,
    name: 'span',
    otelKind: 'Internal',
    startUnixNano: START_NS,
    endUnixNano: START_NS + 1_000_000n,
    status: 'Unset',
    statusMessage: '',
    events: [],
    links: [],
    attributes: new Map(Object.entries(attributes)),
    ...fields,
  };
}

/** What becomes of such a span. */
export function normalized(
  attributes: Readonly<Record<string, AttributeValue>>,
  fields?: SpanFields,
): { readonly span: SpanRecord; readonly outcomes: readonly OutcomeRecord[] } {
  const { spans, outcomes } = normalizeSpans([spanOf(attributes, fields)], () => 'test', RECEIVED_AT_MS);
  const [span] = spans;
  if (span === undefined) throw new Error('one span in, one out');
  return { span, outcomes };
}
