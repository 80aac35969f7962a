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
