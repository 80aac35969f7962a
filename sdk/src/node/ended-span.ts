import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';

/**
 * A finished span of any OpenTelemetry SDK from 1.x to 3.x, told by its shape: nothing here depends on one generation's
 * classes.
 */
export interface EndedSpan {
  readonly name: string;
  /** `SpanKind` of the API: 0 is internal. */
  readonly kind: number;
  readonly spanContext: () => SpanContext;
  /** 2.x and 3.x. */
  readonly parentSpanContext?: SpanContext | undefined;
  /** 1.x. */
  readonly parentSpanId?: string | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: Attributes;
  readonly links: readonly { readonly context: SpanContext; readonly attributes?: Attributes | undefined }[];
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes?: Attributes | undefined;
  }[];
  readonly resource: { readonly attributes: Attributes };
  /** 2.x and 3.x. */
  readonly instrumentationScope?: { readonly name: string; readonly version?: string | undefined };
  /** 1.x. */
  readonly instrumentationLibrary?: { readonly name: string; readonly version?: string | undefined };
  readonly droppedAttributesCount?: number;
  readonly droppedEventsCount?: number;
  readonly droppedLinksCount?: number;
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
