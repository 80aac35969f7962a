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
  return spansByRun(spans).map((together) => {
    for (const span of together) encodeSpanHead(WRITER, span);
    const { buffer } = WRITER.moveTo((bytes) => Buffer.allocUnsafeSlow(bytes));
    const { project, runId } = together[0];
    return { project, runId, rows: together.length, bytes: buffer };
  });
}

type SpansOfRun = [SpanRecord, ...SpanRecord[]];

function spansByRun(spans: readonly SpanRecord[]): SpansOfRun[] {
  const runs = new Map<string, SpansOfRun>();
  let last: SpansOfRun | undefined;
  for (const span of spans) {
    if (span.runId === '') continue;
    // Spans of a run mostly follow each other.
    if (last !== undefined && last[0].runId === span.runId && last[0].project === span.project) {
      last.push(span);
      continue;
    }
    const key = runKey(span.project, span.runId);
    const known = runs.get(key);
    known?.push(span);
    last = known ?? [span];
    if (known === undefined) runs.set(key, last);
  }
  return [...runs.values()];
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
