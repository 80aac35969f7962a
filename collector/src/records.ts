import type { OutcomeSource, SpanKindName } from '@tracelore/sdk/contract';

/** Attribute value after decoding: integers are `bigint` (exact, and told apart from doubles), doubles `number`, bytes stay bytes. */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | null
  | Uint8Array
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };

export type Attributes = ReadonlyMap<string, AttributeValue>;

export interface Resource {
  readonly attributes: Attributes;
  readonly schemaUrl: string;
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

export interface SpanEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Attributes;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
}

export type OtelSpanKind = 'Unspecified' | 'Internal' | 'Server' | 'Client' | 'Producer' | 'Consumer';
export type SpanStatus = 'Unset' | 'Ok' | 'Error';

/** A span as it was decoded from OTLP, before normalising. Ids are lower-case hex (32 and 16 characters), '' for no parent. */
export interface DecodedSpan {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly otelKind: OtelSpanKind;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}

/** A log record as it was decoded from OTLP. */
export interface DecodedLog {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
}

/**
 * One canonical span, ready to be stored: one row of `spans`. Absent numbers are `null` (unknown is not 0), absent
 * strings are `''`.
 */
export interface SpanRecord {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** `tracelore.run.id`, else the trace id. */
  readonly runId: string;
  readonly trialId: string;
  readonly name: string;
  readonly kind: SpanKindName;
  readonly otelKind: OtelSpanKind;
  readonly service: string;
  readonly environment: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly startUnixNano: bigint;
  readonly durationNano: bigint;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  readonly errorType: string;
  readonly operation: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly responseModel: string;
  readonly responseId: string;
  readonly finishReasons: readonly string[];
  readonly agent: string;
  readonly tool: string;
  readonly toolCallId: string;
  readonly conversationId: string;
  readonly sessionId: string;
  readonly userId: string;
  readonly tags: readonly string[];
  /** Total, cached tokens included. */
  readonly inputTokens: number | null;
  /** Total, reasoning included. */
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Billionths of a USD. */
  readonly costNanoUsd: number | null;
  /** `reported` by the span itself, or the price list with its version; `''` when the cost is unknown. */
  readonly costSource: string;
  /** Seconds. */
  readonly timeToFirstChunk: number | null;
  readonly input: string;
  readonly output: string;
  readonly systemInstructions: string;
  readonly toolDefinitions: string;
  readonly knowledgeDecision: string;
  readonly knowledgeSnapshot: number | null;
  readonly knowledgeArm: string;
  /** `id@version`. */
  readonly knowledgeItems: readonly string[];
  readonly fingerprint: string;
  /**
   * Every attribute of the span as text; other types than string stand in `attributeTypes`. A text that is also `input`,
   * `output`, `systemInstructions` or `toolDefinitions` is `''` here, with the type `=input`, `=output`, ….
   */
  readonly attributes: ReadonlyMap<string, string>;
  readonly attributeTypes: ReadonlyMap<string, string>;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly scopeAttributes: ReadonlyMap<string, string>;
  readonly events: readonly StoredEvent[];
  readonly links: readonly StoredLink[];
  readonly traceState: string;
  readonly flags: number;
  /** Which convention the span spoke, for example `gen_ai` or `openinference`. */
  readonly dialect: string;
  readonly mappingVersion: number;
  readonly receivedAtMs: number;
  /** What was odd about the span and how it was mended, for example `start_clamped`. */
  readonly warnings: readonly string[];
}

export interface StoredEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface StoredLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** One row of `logs`: every log record that was answered 200. */
export interface LogRecord {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly timeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly service: string;
  readonly eventName: string;
  readonly body: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly resourceAttributes: ReadonlyMap<string, string>;
  readonly scopeAttributes: ReadonlyMap<string, string>;
  readonly receivedAtMs: number;
}

/** One row of `outcomes`. */
export interface OutcomeRecord {
  readonly project: string;
  readonly outcomeId: string;
  readonly runId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly source: OutcomeSource;
  readonly score: number | null;
  readonly passed: boolean | null;
  readonly comment: string;
  readonly timeUnixNano: bigint;
  readonly receivedAtMs: number;
}

/** What one accepted request adds to the store. */
export interface Batch {
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly LogRecord[];
  readonly outcomes: readonly OutcomeRecord[];
}
