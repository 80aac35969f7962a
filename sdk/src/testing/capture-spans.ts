import { configure } from '../configure.ts';
import type { TraceloreOptions } from '../config.ts';
import { resetKnowledge } from '../knowledge.ts';
import type { EndedSpan } from '../node/ended-span.ts';
import { outgoingSpans } from '../node/outgoing-span.ts';
import { createPrivateProvider } from '../node/provider.ts';
import { createTraceSerializer } from '../node/trace-serializer.ts';
import { stampAttributes } from '../stamp.ts';
import { currentScope, scopeOf } from '../scope.ts';
import { usePrivateProvider } from '../tracer.ts';
import { decodeReceivedSpans, type ReceivedSpan } from './received-span.ts';

/** Spans kept in memory for a test, instead of being delivered. */
export interface SpanCapture {
  /** Ended spans in order of their end, in the form a collector sees them. */
  readonly spans: readonly ReceivedSpan[];
  /** The only span of that name. @throws Error when there is none or more than one */
  span(name: string): ReceivedSpan;
  /** Spans directly below one, in order of their start. */
  children(parent: ReceivedSpan): readonly ReceivedSpan[];
  clear(): void;
  /** Ends the capture; spans then go again where they went before. */
  stop(): void;
}

/**
 * Captures every span that the SDK and the adapters make from now on. `options` as for `configure()`.
 * @throws TraceloreError when the options are not valid or no OpenTelemetry SDK is installed
 */
export function captureSpans(options: TraceloreOptions = {}): SpanCapture {
  configure(options);
  resetKnowledge();
  const encode = createTraceSerializer();
  let ended: ReceivedSpan[] = [];
  /** Span ids in order of start: clocks give several spans the same time. */
  const started: string[] = [];
  const provider = createPrivateProvider({
    onStart: (span, parentContext) => {
      started.push(span.spanContext().spanId);
      const scope = scopeOf(parentContext) ?? currentScope();
      span.setAttributes(stampAttributes(scope, span.attributes));
    },
    onEnd: (span: EndedSpan) => {
      const body: unknown = JSON.parse(encode(outgoingSpans([span], { resource: undefined, redact: false })));
      ended.push(...decodeReceivedSpans(body));
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  });
  usePrivateProvider(provider);
  return {
    get spans() {
      return ended;
    },
    span(name) {
      const found = ended.filter((span) => span.name === name);
      const [only] = found;
      if (only !== undefined && found.length === 1) return only;
      const names = ended.map((span) => span.name).join(', ');
      throw new Error(
        `expected one span named ${name}, got ${found.length} (ended spans: ${names || 'none'})`,
      );
    },
    children(parent) {
      return ended
        .filter((span) => span.parentSpanId === parent.spanId && span.traceId === parent.traceId)
        .sort((a, b) => started.indexOf(a.spanId) - started.indexOf(b.spanId));
    },
    clear() {
      ended = [];
    },
    stop() {
      usePrivateProvider(undefined);
      configure();
    },
  };
}
