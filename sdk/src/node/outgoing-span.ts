import type { HrTime, SpanContext } from '@opentelemetry/api';

import type { EndedSpan } from './ended-span.ts';
import { type OutgoingAttributes, outgoingAttributes, outgoingText } from './outgoing-attributes.ts';

/** A finished span as OpenTelemetry's exporters read it, in the 2.x and the 3.x generation. */
export interface OutgoingSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext: SpanContext | undefined;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: { readonly code: number; readonly message?: string | undefined };
  readonly attributes: OutgoingAttributes;
  readonly links: readonly { readonly context: SpanContext; readonly attributes: OutgoingAttributes }[];
  readonly events: readonly {
    readonly name: string;
    readonly time: HrTime;
    readonly attributes: OutgoingAttributes;
  }[];
  readonly resource: OutgoingResource;
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

export interface OutgoingResource {
  readonly attributes: OutgoingAttributes;
}

export interface Outgoing {
  /** Replaces the resource of every span; spans of other providers keep their own. */
  readonly resource: OutgoingResource | undefined;
  readonly redact: boolean;
}

/**
 * The one place that everything passes on its way out, to the collector or to the disk. Spans are views: what needs no
 * change is not copied. The exporter groups them by the identity of their resource.
 */
export function outgoingSpans(spans: readonly EndedSpan[], { resource, redact }: Outgoing): OutgoingSpan[] {
  const resources = new Map<OutgoingResource, OutgoingResource>();
  return spans.map((span) => {
    let about = resource ?? resources.get(span.resource);
    if (about === undefined) {
      about = { attributes: outgoingAttributes(span.resource.attributes, redact) };
      resources.set(span.resource, about);
    }
    return outgoingSpan(span, about, redact);
  });
}

function outgoingSpan(span: EndedSpan, resource: OutgoingResource, redact: boolean): OutgoingSpan {
  const { name, version } = span.instrumentationScope ?? span.instrumentationLibrary ?? { name: '' };
  const { code, message } = span.status;
  return {
    name: outgoingText(span.name, redact),
    kind: span.kind,
    spanContext: () => span.spanContext(),
    parentSpanContext: span.parentSpanContext ?? formerParent(span),
    startTime: span.startTime,
    endTime: span.endTime,
    status: { code, ...(message === undefined ? {} : { message: outgoingText(message, redact) }) },
    attributes: outgoingAttributes(span.attributes, redact),
    links: span.links.map((link) => ({
      context: link.context,
      attributes: outgoingAttributes(link.attributes ?? {}, redact),
    })),
    events: span.events.map((event) => ({
      name: outgoingText(event.name, redact),
      time: event.time,
      attributes: outgoingAttributes(event.attributes ?? {}, redact),
    })),
    resource,
    instrumentationScope: { name, version },
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
  };
}

/** The parent as spans of the 1.x generation name it. */
function formerParent(span: EndedSpan): SpanContext | undefined {
  if (span.parentSpanId === undefined || span.parentSpanId === '') return undefined;
  const { traceId, traceFlags } = span.spanContext();
  return { traceId, traceFlags, spanId: span.parentSpanId };
}
