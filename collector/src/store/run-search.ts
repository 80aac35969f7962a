import { runConditions, spanConditions, textConditions, type Conditions } from './conditions.ts';
import type { SqlParameters } from './driver.ts';
import { listRuns, NEWEST_RUN, RUN_CONDITIONS } from './queries.ts';
import {
  matchingLogs,
  matchingSpans,
  runsStartedIn,
  SPAN_CONDITIONS,
  SPANS_UNTIL,
} from './search-queries.ts';
import type { NewestStarts } from './newest-starts.ts';
import { runSummary, type RunRow } from './row-views.ts';
import type { FoundRun, MatchingSpan, RunSearch, SearchPage } from './run-filter.ts';
import { END_OF_TIME, RUNS_PER_PAGE, RUNS_PER_PAGE_MAX } from './run-listing.ts';
import type { Ask } from './ask.ts';
import { nextWidthMs, SLICE_FACTOR, SLICE_MS_MIN } from './slice-width.ts';
import { StoreError } from './store-error.ts';
import { engineMs, engineTime, fromIso, toIso, toMs } from './time-text.ts';

/** Time of one search unless it says otherwise, ms. */
const SEARCH_MS = 10_000;
/** Spans looked at per slice of time: more than this, and the slice is made narrower. */
const MATCHES_PER_SLICE_MAX = 2_000;
export const MATCHES_PER_RUN_MAX = 3;
/** Runs are looked for in the last minute, then the ten minutes before, and so on, ms. */
const FIRST_SLICE_MS = 60_000;
/** A slice as wide as this is the last: it takes all that is left, ms. */
const SLICE_MS_MAX = 30 * 86_400_000;

interface MatchRow {
  readonly run_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly start_time: string;
  readonly duration_ns: string;
}

/** Runs that started after `low`, up to `high`. In the engine's form of a time. */
interface Slice {
  readonly low: string;
  readonly high: string;
}

/** What one slice is asked for. */
interface SliceQuestion {
  readonly search: RunSearch;
  readonly slice: Slice;
  readonly ofRun: Conditions;
  /** Look only at spans of runs that the run filter lets through. */
  readonly onlyTheirSpans: boolean;
}

/**
 * Newest runs first, slice by slice of their starts: the slices widen while little is found and narrow when enough or too much
 * is, so a page costs what lies between it and now. Within a slice first the spans are found, by their indexes, then their runs.
 */
export function runSearch(ask: Ask, newest: NewestStarts): (search: RunSearch) => Promise<SearchPage> {
  return async (search) => {
    const timeoutMs = search.timeoutMs ?? SEARCH_MS;
    const limit = Math.max(1, Math.min(search.limit ?? RUNS_PER_PAGE, RUNS_PER_PAGE_MAX));
    const runs: FoundRun[] = [];
    let searchedTo: string | undefined;
    try {
      for await (const slice of slicesOf(hurried(ask, timeoutMs), newest, search, limit)) {
        runs.push(...slice.runs.slice(0, limit - runs.length));
        searchedTo = slice.low;
      }
      return { runs };
    } catch (error) {
      if (!isOutOfTime(error)) throw error;
      if (searchedTo !== undefined) return { runs, searchedTo: toIso(searchedTo) };
      throw new StoreError(
        'TIMEOUT_EXCEEDED',
        `the search took longer than ${timeoutMs} ms for the newest runs alone: name an attribute, a span or a shorter time`,
        { cause: error },
      );
    }
  };
}

/** Asks while there is time. */
function hurried(ask: Ask, timeoutMs: number): Ask {
  const endAt = performance.now() + timeoutMs;
  return async (query, parameters) => {
    const left = Math.ceil(endAt - performance.now());
    if (left <= 0) throw new StoreError('TIMEOUT_EXCEEDED', 'the time of this search is over');
    return await ask(query, parameters, { timeoutMs: left });
  };
}

function isOutOfTime(error: unknown): boolean {
  return StoreError.isInstance(error) && error.code === 'TIMEOUT_EXCEEDED';
}

/** Every slice that was searched whole, newest first, with the runs found in it. */
async function* slicesOf(
  ask: Ask,
  remembered: NewestStarts,
  search: RunSearch,
  limit: number,
): AsyncGenerator<{ readonly low: string; readonly runs: FoundRun[] }> {
  const ofRun = runConditions(search);
  // Run filters can be as selective as the span's; the first two conditions are always there.
  let onlyTheirSpans = ofRun.sql.length > 1;
  const { project, after, startedAfterMs = 0, startedBeforeMs } = search;
  const end = startedBeforeMs === undefined ? END_OF_TIME : engineTime(startedBeforeMs);
  let high = after !== undefined && fromIso(after.startTime) < end ? fromIso(after.startTime) : end;
  const newestMs = async (): Promise<number | undefined> => {
    const [newest] = await ask<{ start: string }>(NEWEST_RUN, { project, before: high });
    const startMs = newest && engineMs(newest.start);
    if (startMs !== undefined && high === END_OF_TIME) remembered.note(project, startMs);
    return startMs;
  };
  // It will do if the first slice is not too much: that has everything newer in it.
  let isGuess = high === END_OF_TIME && remembered.of(project) !== undefined;
  const beginMs = isGuess ? remembered.of(project) : await newestMs();
  if (beginMs === undefined) return;
  let highMs = beginMs;
  let widthMs = FIRST_SLICE_MS;
  let wanted = limit;
  // Slices without runs cost little, and the next one is ten times as wide: no need to look where the next run is.
  for (;;) {
    const lowMs = highMs - widthMs;
    const isLast = widthMs > SLICE_MS_MAX || lowMs < startedAfterMs;
    // A slice begins after its low end.
    const low = engineTime(isLast ? startedAfterMs - 1 : lowMs);
    const question = { search, slice: { low, high }, ofRun, onlyTheirSpans };
    const matches = await matchesIn(ask, question);
    if (matches.length === MATCHES_PER_SLICE_MAX && widthMs > SLICE_MS_MIN) {
      onlyTheirSpans = true;
      if (isGuess) highMs = (await newestMs()) ?? highMs;
      else widthMs /= SLICE_FACTOR;
      isGuess = false;
      continue;
    }
    isGuess = false;
    const runs = await runsOf(ask, question, matches);
    yield { low, runs };
    wanted -= runs.length;
    if (isLast || wanted <= 0) return;
    [high, highMs] = [low, lowMs];
    widthMs = nextWidthMs(widthMs, runs.length, wanted);
  }
}

/** The newest matching spans of runs of the slice, their own or by their log records. */
async function matchesIn(ask: Ask, question: SliceQuestion): Promise<MatchRow[]> {
  const { search, slice, ofRun, onlyTheirSpans } = question;
  const ofSpan = spanConditions(search.span);
  const ofText = textConditions(search.span.text);
  const [spans] = await ask<{ until: string }>(SPANS_UNTIL, { project: search.project, ...slice });
  if (spans === undefined) return [];
  const bound: SqlParameters = {
    ...ofRun.parameters,
    ...ofSpan.parameters,
    ...ofText.parameters,
    ...slice,
    until: spans.until,
    limit: MATCHES_PER_SLICE_MAX,
  };
  const conditions = onlyTheirSpans ? [...ofSpan.sql, runsStartedIn(ofRun.sql)] : ofSpan.sql;
  const [direct, logs] = await Promise.all([
    ask<MatchRow>(matchingSpans([...conditions, ...ofText.sql]), bound),
    ofText.sql.length === 0
      ? []
      : ask<{ trace_id: string; span_id: string }>(matchingLogs(ofText.sql), bound),
  ]);
  if (logs.length === 0) return direct;
  const byLog = await ask<MatchRow>(matchingSpans([...conditions, SPAN_CONDITIONS.oneOf]), {
    ...bound,
    traces: [...new Set(logs.map((log) => log.trace_id))],
    spans: [...new Set(logs.map((log) => log.span_id))],
  });
  return [...direct, ...byLog]
    .sort((a, b) => (a.start_time < b.start_time ? 1 : -1))
    .slice(0, MATCHES_PER_SLICE_MAX);
}

async function runsOf(
  ask: Ask,
  { slice, ofRun }: SliceQuestion,
  matches: readonly MatchRow[],
): Promise<FoundRun[]> {
  if (matches.length === 0) return [];
  const matchesOf = Map.groupBy(matches, (match) => match.run_id);
  const rows = await ask<RunRow>(listRuns([...ofRun.sql, RUN_CONDITIONS.inSlice, RUN_CONDITIONS.oneOf]), {
    ...ofRun.parameters,
    ...slice,
    runs: [...matchesOf.keys()],
    limit: matchesOf.size,
  });
  return rows.map((row) => ({ ...runSummary(row), matches: shownOf(matchesOf.get(row.run_id) ?? []) }));
}

/** A span that was exported twice is shown once. */
function shownOf(matches: readonly MatchRow[]): MatchingSpan[] {
  const spans = new Map(matches.map((match) => [`${match.trace_id}:${match.span_id}`, match]));
  return [...spans.values()].slice(0, MATCHES_PER_RUN_MAX).map((match) => ({
    traceId: match.trace_id,
    spanId: match.span_id,
    name: match.name,
    kind: match.kind,
    status: match.status,
    startTime: toIso(match.start_time),
    durationMs: toMs(match.duration_ns),
  }));
}
