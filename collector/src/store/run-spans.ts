import { TRUNCATION_MARK } from '@tracelore/sdk/contract';
import type { SqlValue } from './driver.ts';
import { type ContentLog, lacksContent, withLogContent } from './log-content.ts';
import { CONTENT_LOGS, RUN_TIMES, SPANS_OF_PAGE, SPANS_WITH_CONTENT } from './queries.ts';
import { type SpanRow, spanView } from './row-views.ts';
import type { SpanView, TraceReader } from './store.ts';

export const SPANS_PER_PAGE_MAX = 1_000;
/** Content of one page; spans past it come with their content cut, so that no run can fill the memory. */
export const CONTENT_BYTES_PER_PAGE_MAX: number = 64 * 1024 * 1024;
/** Content fetched by one query: the engine holds it more than once. */
const CONTENT_BYTES_PER_QUERY: number = 16 * 1024 * 1024;
/** Content records read for one page of spans. */
export const CONTENT_LOGS_MAX = 20_000;

export type Ask = <T>(
  query: string,
  parameters: Readonly<Record<string, SqlValue>>,
  options?: { readonly timeoutMs: number },
) => Promise<T[]>;

interface PageSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start: string;
  readonly bytes: string;
}

/** Spans that one query fetches. */
interface Portion {
  readonly spans: PageSpan[];
  bytes: number;
  readonly cut: boolean;
}

/** Which spans stand on a page is asked first, without content: sorting rows of megabytes would not fit. */
export function runSpans(ask: Ask): TraceReader['readRun'] {
  return async (project, runId, page) => {
    const [times] = await ask<{ first: string; last: string }>(RUN_TIMES, { project, runs: [runId] });
    if (times === undefined) return [];
    const { first, last } = times;
    const onPage = await ask<PageSpan>(SPANS_OF_PAGE, {
      project,
      run: runId,
      first,
      last,
      limit: Math.min(page?.limit ?? SPANS_PER_PAGE_MAX, SPANS_PER_PAGE_MAX),
      offset: page?.offset ?? 0,
    });
    const views = new Map<string, SpanView>();
    for (const { spans, cut } of portionsOf(onPage)) {
      const rows = await ask<SpanRow>(SPANS_WITH_CONTENT, {
        project,
        run: runId,
        first: spans[0]?.start ?? first,
        last: spans.at(-1)?.start ?? last,
        traces: [...new Set(spans.map((span) => span.trace_id))],
        spans: spans.map((span) => span.span_id),
        cut,
        mark: TRUNCATION_MARK,
      });
      for (const row of rows) views.set(`${row.trace_id}:${row.span_id}`, spanView(row));
    }
    const spans = onPage.flatMap((span) => views.get(`${span.trace_id}:${span.span_id}`) ?? []);
    const bare = spans.filter(lacksContent);
    if (bare.length === 0) return spans;
    const logs = await ask<ContentLog>(CONTENT_LOGS, {
      project,
      traces: [...new Set(bare.map((span) => span.traceId))],
      spans: bare.map((span) => span.spanId),
      first,
      last,
      logsMax: CONTENT_LOGS_MAX,
    });
    return withLogContent(spans, logs);
  };
}

function portionsOf(spans: readonly PageSpan[]): Portion[] {
  const portions: Portion[] = [];
  let total = 0;
  for (const span of spans) {
    const bytes = Number(span.bytes);
    total += bytes;
    const cut = total > CONTENT_BYTES_PER_PAGE_MAX;
    const portion = portions.at(-1);
    if (portion?.cut === cut && (cut || portion.bytes + bytes <= CONTENT_BYTES_PER_QUERY)) {
      portion.spans.push(span);
      portion.bytes += bytes;
    } else portions.push({ spans: [span], bytes, cut });
  }
  return portions;
}
