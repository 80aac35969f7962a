import type { Attributes, Context, SpanContext } from '@opentelemetry/api';

import { guarded } from '../diagnostics.ts';
import { FLUSH_DEADLINE_DEFAULT_MS } from '../lifecycle.ts';
import { ATTR } from '../contract/attributes.ts';
import { currentScope, scopeOf } from '../scope.ts';
import { isStamped, stampAttributes } from '../stamp.ts';
import type { SpanDelivery } from './delivery.ts';
import type { EndedSpan } from './ended-span.ts';

/** Of a span that was just started, what is used here. */
interface StartedSpan {
  readonly attributes: Attributes;
  spanContext(): SpanContext;
  setAttributes(attributes: Attributes): unknown;
}

/** A span processor for the provider of any OpenTelemetry SDK generation. */
export interface RunSpanProcessor {
  onStart(span: StartedSpan, parentContext: Context): void;
  onEnd(span: EndedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** Which finished spans are delivered. */
export type SpanFilter = (span: EndedSpan) => boolean;

/** Bit of the W3C trace flags. */
const SAMPLED = 1;

/**
 * Marks every span made inside a run, whoever made it, with the run's identity (model calls with the knowledge they
 * saw too), and hands finished spans to the delivery.
 */
export function createSpanProcessor(
  delivery: SpanDelivery,
  filter: SpanFilter,
  onShutdown: () => void,
): RunSpanProcessor {
  return {
    onStart(span, parentContext) {
      guarded('stamp', undefined, () => {
        if (isStamped(span.attributes)) return;
        span.setAttributes(stampAttributes(scopeOf(parentContext) ?? currentScope(), span.attributes));
      });
    },
    onEnd(span) {
      guarded('deliver', undefined, () => {
        if ((span.spanContext().traceFlags & SAMPLED) !== 0 && filter(span)) delivery.add(span);
      });
    },
    async forceFlush() {
      await delivery.flush(FLUSH_DEADLINE_DEFAULT_MS);
    },
    async shutdown() {
      await delivery.shutdown(FLUSH_DEADLINE_DEFAULT_MS);
      onShutdown();
    },
  };
}

const AGENT_ATTRIBUTE = /^(?:gen_ai|ai|llm|openinference|traceloop|mcp|mastra|tracelore)\./u;

/** What of an application's spans concerns its agents: those inside a run, and those that speak of models and tools. */
export function isAgentSpan(span: EndedSpan): boolean {
  if (span.attributes[ATTR.runId] !== undefined) return true;
  for (const key in span.attributes) if (AGENT_ATTRIBUTE.test(key)) return true;
  return false;
}
