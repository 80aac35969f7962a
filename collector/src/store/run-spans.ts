import { TRUNCATION_MARK } from '@tracelore/sdk/contract';
import type { Ask } from './ask.ts';
import { type ContentLog, lacksContent, withLogContent } from './log-content.ts';
import { CONTENT_LOGS } from './queries.ts';
import { type SpanRow, spanView } from './row-views.ts';
import type { RunTimes } from './run-times.ts';
import {
  BARE_SPANS,
  PREVIEW_CHARACTERS,
  spansById,
  SPANS_OF_PAGE,
  SPANS_OF_SMALL_RUN,
  SPAN_PLACE,
} from './span-queries.ts';
import type { SpanPage, SpanPageRequest, SpanView, TraceReader } from './store.ts';
import { amongPlaces, readWholeSpans, spanKey, type SpanPlace, unlessTooMuch } from './whole-spans.ts';

export const SPANS_PER_PAGE_MAX = 1_000;
/** Spans of one page without their content. */
export const BARE_SPANS_PER_PAGE_MAX = 10_000;
/** Content of one page; spans past it come with their content cut, so that no run can fill the memory. */
export const CONTENT_BYTES_PER_PAGE_MAX: number = 64 * 1024 * 1024;
/** Content of one page of whole spans; the page ends there. */
export const WHOLE_BYTES_PER_PAGE_MAX: number = 16 * 1024 * 1024;
/** Content records read for one page of spans. */
export const CONTENT_LOGS_MAX = 20_000;

/** One run, and the times of its spans. */
interface RunRange extends RunTimes {
  readonly project: string;
  readonly run: string;
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

  const placesOf = async (range: RunRange, limit: number, offset: number): Promise<SpanPlace[]> =>
    await ask<SpanPlace>(SPANS_OF_PAGE, { ...range, limit, offset });

  /** Beginnings of their texts, or a mark in place of each. */
  const abridged = async (
    range: RunRange,
    places: readonly SpanPlace[],
    content: 'preview' | 'cut',
  ): Promise<SpanRow[]> => {
    if (places.length === 0) return [];
    const rows = await ask<SpanRow>(spansById(content), {
      ...amongPlaces(range, places),
      ...(content === 'cut' ? { mark: TRUNCATION_MARK } : { characters: PREVIEW_CHARACTERS }),
    });
    const byKey = new Map(rows.map((row) => [spanKey(row), row]));
    return places.flatMap((place) => byKey.get(spanKey(place)) ?? []);
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
    const rows = await unlessTooMuch(
      ask<SpanRow>(SPANS_OF_SMALL_RUN, { ...range }, { bytesMax: WHOLE_BYTES_PER_PAGE_MAX }),
    );
    if (rows === undefined) return undefined;
    const spans = [...Map.groupBy(rows.sort(byStart), spanKey).values()].flatMap(([first]) => first ?? []);
    return spans.length > limit ? undefined : await completed(range, spans.map(spanView));
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
    if (content === 'none') {
      const rows = await ask<SpanRow>(BARE_SPANS, { ...range, limit: limit + 1, offset });
      const spans = rows.slice(0, limit).map(spanView);
      return pageOf(spans, offset + spans.length, offset + rows.length);
    }
    const all = content === 'full' && offset === 0 ? await smallRun(range, limit) : undefined;
    if (all !== undefined) return { spans: all };
    const found = await placesOf(range, limit + 1, offset);
    const onPage = found.slice(0, limit);
    const { rows, places } =
      content === 'full'
        ? await readWholeSpans(ask, range, onPage, WHOLE_BYTES_PER_PAGE_MAX)
        : { rows: await abridged(range, onPage, 'preview'), places: onPage.length };
    return pageOf(await completed(range, rows.map(spanView)), offset + places, offset + found.length);
  };

  return {
    readSpans,

    async readRun(project, runId, { limit: wanted = SPANS_PER_PAGE_MAX, offset = 0 } = {}) {
      const limit = Math.min(wanted, SPANS_PER_PAGE_MAX);
      const range = await rangeOf(project, runId);
      if (range === undefined) return [];
      const all = offset === 0 ? await smallRun(range, limit) : undefined;
      if (all !== undefined) return all;
      const onPage = await placesOf(range, limit, offset);
      const whole = await readWholeSpans(ask, range, onPage, CONTENT_BYTES_PER_PAGE_MAX);
      const cut = await abridged(range, onPage.slice(whole.places), 'cut');
      return await completed(range, [...whole.rows, ...cut].map(spanView));
    },

    async readSpan(project, runId, spanId) {
      const range = await rangeOf(project, runId);
      if (range === undefined) return undefined;
      const places = await ask<SpanPlace>(SPAN_PLACE, { ...range, span: spanId });
      const { rows } = await readWholeSpans(ask, range, places, WHOLE_BYTES_PER_PAGE_MAX);
      const [span] = await completed(range, rows.map(spanView));
      return span;
    },
  };
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
