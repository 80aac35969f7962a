import { TRUNCATION_MARK } from '@tracelore/sdk/contract';
import type { Ask } from './ask.ts';
import type { SqlValue } from './driver.ts';
import { type ContentLog, lacksContent, withLogContent } from './log-content.ts';
import { CONTENT_LOGS } from './queries.ts';
import { type SpanRow, spanView } from './row-views.ts';
import type { RunTimes } from './run-times.ts';
import { StoreError } from './store-error.ts';
import {
  BARE_SPANS,
  CONTENT_SIZES,
  PREVIEW_CHARACTERS,
  spansById,
  SPANS_OF_PAGE,
  SPANS_OF_SMALL_RUN,
  SPAN_PLACE,
} from './span-queries.ts';
import type { SpanPage, SpanPageRequest, SpanView, TraceReader } from './store.ts';

export const SPANS_PER_PAGE_MAX = 1_000;
/** Spans of one page without their content. */
export const BARE_SPANS_PER_PAGE_MAX = 10_000;
/** Content of one page; spans past it come with their content cut, so that no run can fill the memory. */
export const CONTENT_BYTES_PER_PAGE_MAX: number = 64 * 1024 * 1024;
/** Content of one page of whole spans; the page ends there. */
export const WHOLE_BYTES_PER_PAGE_MAX: number = 16 * 1024 * 1024;
/** Content fetched by one query: the engine holds it more than once. */
const CONTENT_BYTES_PER_QUERY: number = 16 * 1024 * 1024;
/** The engine's word for an answer above `bytesMax`. */
const TOO_MUCH = 'TOO_MANY_ROWS_OR_BYTES';
/** Content records read for one page of spans. */
export const CONTENT_LOGS_MAX = 20_000;

/** One run, and the times of its spans. */
interface RunRange extends RunTimes {
  readonly project: string;
  readonly run: string;
}

interface PageSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start: string;
}

interface SizedSpan extends PageSpan {
  readonly bytes: number;
}

/** Spans that one query fetches. */
interface Portion {
  readonly spans: PageSpan[];
  bytes: number;
  readonly content: 'full' | 'cut' | 'preview';
}

/** Which spans stand on a page is asked first, without content: sorting rows of megabytes would not fit. */
export function runSpans(
  ask: Ask,
  timesOf: (project: string, run: string) => Promise<RunTimes | undefined>,
): Pick<TraceReader, 'readRun' | 'readSpans' | 'readSpan'> {
  const rangeOf = async (project: string, run: string): Promise<RunRange | undefined> => {
    const times = await timesOf(project, run);
    return times && { project, run, ...times };
  };

  const fetch = async (
    range: RunRange,
    onPage: readonly PageSpan[],
    portions: readonly Portion[],
  ): Promise<SpanView[]> => {
    const views = new Map<string, SpanView>();
    for (const { spans, content } of portions) {
      const rows = await ask<SpanRow>(spansById(content), {
        ...among(range, spans),
        ...(content === 'cut' ? { mark: TRUNCATION_MARK } : {}),
        ...(content === 'preview' ? { characters: PREVIEW_CHARACTERS } : {}),
      });
      for (const row of rows) views.set(keyOf(row), spanView(row));
    }
    return onPage.flatMap((span) => views.get(keyOf(span)) ?? []);
  };

  const sized = async (range: RunRange, spans: readonly PageSpan[]): Promise<SizedSpan[]> => {
    if (spans.length === 0) return [];
    const rows = await ask<{ trace_id: string; span_id: string; bytes: string }>(
      CONTENT_SIZES,
      among(range, spans),
    );
    const bytesOf = new Map(rows.map((row) => [keyOf(row), Number(row.bytes)]));
    return spans.map((span) => ({ ...span, bytes: bytesOf.get(keyOf(span)) ?? 0 }));
  };

  /** Model calls without content may have it in log records. */
  const completed = async (range: RunRange, spans: readonly SpanView[]): Promise<SpanView[]> => {
    const bare = spans.filter(lacksContent);
    if (bare.length === 0) return [...spans];
    const logs = await ask<ContentLog>(CONTENT_LOGS, {
      project: range.project,
      traces: [...new Set(bare.map((span) => span.traceId))],
      spans: bare.map((span) => span.spanId),
      first: range.first,
      last: range.last,
      logsMax: CONTENT_LOGS_MAX,
    });
    return withLogContent(spans, logs);
  };

  /**
   * All spans of a run that fits on one page: most do, and are read by one question. Of a larger one `undefined`; that there is
   * too much content shows when so much has been read.
   */
  const smallRun = async (range: RunRange, limit: number): Promise<SpanView[] | undefined> => {
    if (range.rows > limit) return undefined;
    try {
      const rows = await ask<SpanRow>(
        SPANS_OF_SMALL_RUN,
        { ...range },
        { bytesMax: WHOLE_BYTES_PER_PAGE_MAX },
      );
      const spans = [...Map.groupBy(rows.sort(byStart), keyOf).values()].flatMap(([first]) => first ?? []);
      return spans.length > limit ? undefined : await completed(range, spans.map(spanView));
    } catch (error) {
      if (StoreError.isInstance(error) && error.code === TOO_MUCH) return undefined;
      throw error;
    }
  };

  const readSpans = async (
    project: string,
    runId: string,
    { offset = 0, content = 'full', ...request }: SpanPageRequest = {},
  ): Promise<SpanPage> => {
    const range = await rangeOf(project, runId);
    if (range === undefined) return { spans: [] };
    const most = content === 'none' ? BARE_SPANS_PER_PAGE_MAX : SPANS_PER_PAGE_MAX;
    const limit = Math.min(request.limit ?? most, most);
    // One more than fits tells whether there is another page.
    const page = { limit: limit + 1, offset };
    if (content === 'none') {
      const rows = await ask<SpanRow>(BARE_SPANS, { ...range, ...page });
      const spans = rows.slice(0, limit).map(spanView);
      return pageOf(spans, offset + spans.length, offset + rows.length);
    }
    const all = content === 'full' && offset === 0 ? await smallRun(range, limit) : undefined;
    if (all !== undefined) return { spans: all };
    const found = await ask<PageSpan>(SPANS_OF_PAGE, { ...range, ...page });
    let onPage: readonly PageSpan[] = found.slice(0, limit);
    let portions: Portion[] = [{ spans: [...onPage], bytes: 0, content: 'preview' }];
    if (content === 'full') {
      const whole = wholeOnes(await sized(range, onPage));
      [onPage, portions] = [whole, portionsOf(whole)];
    }
    const spans = await completed(range, await fetch(range, onPage, portions));
    return pageOf(spans, offset + onPage.length, offset + found.length);
  };

  return {
    readSpans,

    async readRun(project, runId, { limit: wanted = SPANS_PER_PAGE_MAX, offset = 0 } = {}) {
      const limit = Math.min(wanted, SPANS_PER_PAGE_MAX);
      const range = await rangeOf(project, runId);
      if (range === undefined) return [];
      const all = offset === 0 ? await smallRun(range, limit) : undefined;
      if (all !== undefined) return all;
      const found = await ask<PageSpan>(SPANS_OF_PAGE, { ...range, limit, offset });
      const onPage = await sized(range, found);
      return await completed(range, await fetch(range, onPage, portionsOf(onPage)));
    },

    async readSpan(project, runId, spanId) {
      const range = await rangeOf(project, runId);
      if (range === undefined) return undefined;
      const places = await ask<PageSpan>(SPAN_PLACE, { ...range, span: spanId });
      const whole: Portion[] = [{ spans: places, bytes: 0, content: 'full' }];
      const [span] = await completed(range, await fetch(range, places, whole));
      return span;
    },
  };
}

/** Ids of spans are told apart within a trace only. */
function keyOf(span: Pick<PageSpan, 'trace_id' | 'span_id'>): string {
  return `${span.trace_id}:${span.span_id}`;
}

/** Their texts are of one length. */
function byStart(a: SpanRow, b: SpanRow): number {
  const [left, right] = [a, b].map((row) => `${row.start_time} ${row.trace_id} ${row.span_id}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

/** A page that ends before `next` of the `known` spans. */
function pageOf(spans: readonly SpanView[], next: number, known: number): SpanPage {
  return known > next ? { spans, next } : { spans };
}

/** Bound to spans of a page, within their times. */
function among(range: RunRange, spans: readonly PageSpan[]): Readonly<Record<string, SqlValue>> {
  return {
    ...range,
    first: spans[0]?.start ?? range.first,
    last: spans.at(-1)?.start ?? range.last,
    traces: [...new Set(spans.map((span) => span.trace_id))],
    spans: spans.map((span) => span.span_id),
  };
}

/** As many as fit with all their content, at least one. */
function wholeOnes(spans: readonly SizedSpan[]): SizedSpan[] {
  let total = 0;
  const end = spans.findIndex((span, index) => {
    total += span.bytes;
    return index > 0 && total > WHOLE_BYTES_PER_PAGE_MAX;
  });
  return end === -1 ? [...spans] : spans.slice(0, end);
}

function portionsOf(spans: readonly SizedSpan[]): Portion[] {
  const portions: Portion[] = [];
  let total = 0;
  for (const span of spans) {
    const { bytes } = span;
    total += bytes;
    const content = total > CONTENT_BYTES_PER_PAGE_MAX ? 'cut' : 'full';
    const portion = portions.at(-1);
    if (
      portion?.content === content &&
      (content === 'cut' || portion.bytes + bytes <= CONTENT_BYTES_PER_QUERY)
    ) {
      portion.spans.push(span);
      portion.bytes += bytes;
    } else portions.push({ spans: [span], bytes, content });
  }
  return portions;
}
