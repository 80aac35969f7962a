interface Value {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly arrayValue?: unknown;
}

interface Attribute {
  readonly key: string;
  readonly value: Value;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
}

interface Scope {
  readonly name: string;
  readonly version?: string;
}

/** A request as OTLP/JSON has it; no more of it than these loads hold. */
interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly scope: Scope; readonly spans: readonly Span[] }[];
  }[];
}

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const NANO_DIGITS = 9;

/** The spans of a request as rows of the exporter's `otel_traces`, as objects for the client. */
export function rowsOfRequest(body: Buffer): Record<string, unknown>[] {
  const request: TraceRequest = JSON.parse(body.toString());
  return request.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const ofResource = textsOf(resource.attributes);
    return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => row(span, scope, ofResource)));
  });
}

function row(span: Span, scope: Scope, resource: Record<string, string>): Record<string, unknown> {
  const start = span.startTimeUnixNano;
  return {
    Timestamp: `${start.slice(0, -NANO_DIGITS)}.${start.slice(-NANO_DIGITS)}`,
    TraceId: span.traceId,
    SpanId: span.spanId,
    ParentSpanId: span.parentSpanId ?? '',
    TraceState: '',
    SpanName: span.name,
    SpanKind: KINDS[span.kind] ?? '',
    ServiceName: resource['service.name'] ?? '',
    ResourceAttributes: resource,
    ScopeName: scope.name,
    ScopeVersion: scope.version ?? '',
    SpanAttributes: textsOf(span.attributes),
    Duration: String(BigInt(span.endTimeUnixNano) - BigInt(start)),
    StatusCode: 'Ok',
    StatusMessage: '',
  };
}

function textsOf(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ??
        (value.intValue === undefined ? JSON.stringify(value.arrayValue) : String(value.intValue)),
    ]),
  );
}
