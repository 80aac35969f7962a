import type { SummarySpan } from './summarise-run.ts';

/** One entry per span, the earliest and of those the newest that was received, in order of start: as the store reads them. */
export function distinctSpans(spans: readonly SummarySpan[]): SummarySpan[] {
  const kept = new Map<string, SummarySpan>();
  for (const span of spans) {
    const key = `${span.trace_id}:${span.span_id}`;
    const other = kept.get(key);
    if (other === undefined || isPreferred(span, other)) kept.set(key, span);
  }
  return [...kept.values()].sort(
    (a, b) =>
      compareNumbers(a.start, b.start) ||
      compareTexts(a.trace_id, b.trace_id) ||
      compareTexts(a.span_id, b.span_id),
  );
}

function isPreferred(span: SummarySpan, other: SummarySpan): boolean {
  const order = compareNumbers(span.start, other.start);
  return order < 0 || (order === 0 && compareNumbers(span.received, other.received) > 0);
}

/** Whole numbers as text, none below zero. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || compareTexts(a, b);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
