import type { SpanRecord } from '../records.ts';
import { RowReader } from './row-reader.ts';
import { RowWriter } from './row-writer.ts';
import { encodeSpanHead, readSpanHead } from './span-head.ts';
import type { SummarySpan } from './summarise-run.ts';

/** Rows of one run that were encoded together, without their content, as bytes. */
export interface RunHeads {
  readonly project: string;
  readonly runId: string;
  readonly rows: number;
  readonly bytes: Buffer;
}

/** For all: nothing is left in it between calls. */
const WRITER = new RowWriter();

/** The heads of spans by run, a buffer per run, so that one that stays open keeps its own only. */
export function headsOf(spans: readonly SpanRecord[]): RunHeads[] {
  const runs = Map.groupBy(
    spans.filter(({ runId }) => runId !== ''),
    ({ project, runId }) => runKey(project, runId),
  );
  const heads: RunHeads[] = [];
  for (const together of runs.values()) {
    const [first] = together;
    if (first === undefined) continue;
    for (const span of together) encodeSpanHead(WRITER, span);
    const { buffer } = WRITER.moveTo((bytes) => Buffer.allocUnsafeSlow(bytes));
    heads.push({ project: first.project, runId: first.runId, rows: together.length, bytes: buffer });
  }
  return heads;
}

export function runKey(project: string, runId: string): string {
  return `${project}\n${runId}`;
}

/** The spans, in the order in which they were encoded. */
export function spansOf({ bytes }: Pick<RunHeads, 'bytes'>): SummarySpan[] {
  const reader = new RowReader(bytes);
  const spans: SummarySpan[] = [];
  while (!reader.isAtEnd) spans.push(readSpanHead(reader));
  return spans;
}
