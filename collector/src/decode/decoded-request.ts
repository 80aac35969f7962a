import type { DecodedLog, DecodedSpan, Resource, Scope } from '../records.ts';

/** One span or log record that is left out while its neighbours are kept. Never quotes content. */
export interface Rejection {
  /** For example `resourceSpans[0].scopeSpans[0].spans[3].traceId`. */
  readonly field: string;
  /** For example `15 bytes, expected 16`. */
  readonly problem: string;
}

/** What came out of one export request. `warnings` are odd but accepted things about the request as a whole. */
export interface DecodedRequest<T extends DecodedSpan | DecodedLog> {
  readonly items: readonly T[];
  readonly rejected: readonly Rejection[];
  readonly warnings: readonly string[];
}

export type Signal = 'traces' | 'logs';

/** Who emitted an item. One object per group, shared by its items. */
export interface Owner {
  readonly resource: Resource;
  readonly scope: Scope;
}
