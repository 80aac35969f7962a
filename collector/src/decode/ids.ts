import type { Rejection } from './decoded-request.ts';

export const TRACE_ID_HEX = 32;
export const SPAN_ID_HEX = 16;

const ZEROS = /^0*$/;
const HEX = /^[0-9a-f]*$/;

/** Why an id cannot be stored, or `undefined` when it can. An all-zero id is invalid by specification. */
export function idProblem(id: string, hexLength: number): string | undefined {
  if (!HEX.test(id)) return 'not hexadecimal';
  if (id.length !== hexLength) return `${id.length / 2} bytes, expected ${hexLength / 2}`;
  return ZEROS.test(id) ? 'all zero' : undefined;
}

/** Ids of one item as they stand in the request. */
export interface Ids {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

/** Checks the ids of a span: trace and span id are required, a parent may be absent. */
export function spanIdsProblem(ids: Ids, path: string): Rejection | undefined {
  const trace = idProblem(ids.traceId, TRACE_ID_HEX);
  if (trace !== undefined) return { field: `${path}.traceId`, problem: trace };
  const span = idProblem(ids.spanId, SPAN_ID_HEX);
  if (span !== undefined) return { field: `${path}.spanId`, problem: span };
  if (ZEROS.test(ids.parentSpanId)) return undefined;
  const parent = idProblem(ids.parentSpanId, SPAN_ID_HEX);
  return parent === undefined ? undefined : { field: `${path}.parentSpanId`, problem: parent };
}

/** A parent id of zeros means none, as some exporters write it. */
export function parentId(hex: string): string {
  return ZEROS.test(hex) ? '' : hex;
}

/** Ids on log records and links: one that is no id is left out rather than costing the item. */
export function optionalId(hex: string, expectedHex: number): string {
  return idProblem(hex, expectedHex) === undefined ? hex : '';
}
