import type { SqlDriver } from './driver.ts';
import { inDatabase, SPANS_TO_SUMMARISE } from './queries.ts';
import type { SummarySpan } from './summarise-run.ts';

/** Spans of one run that its row is made from, earliest first; a longer run's row covers these. */
export const SPANS_PER_SUMMARY_MAX = 100_000;

/** What the store knows of a run by its id. */
export interface RunTimes {
  readonly run_id: string;
  /** Starts of its first and last span, in the engine's form. */
  readonly first: string;
  readonly last: string;
  /** Rows stored; a span that was sent twice has two. */
  readonly rows: string;
  /** When the last of them came in, Unix ms. */
  readonly received: string;
  /** 1 when there are outcomes. */
  readonly judged: number;
}

/** Bounds of a read that covers these runs. */
export function rangeOf(times: readonly RunTimes[]): {
  readonly runs: string[];
  readonly first: string;
  readonly last: string;
} {
  return {
    runs: times.map((time) => time.run_id),
    first: times.map((time) => time.first).reduce((a, b) => (a < b ? a : b)),
    last: times.map((time) => time.last).reduce((a, b) => (a > b ? a : b)),
  };
}

/** Groups of runs whose rows can be in memory at a time; one run may have more. */
export function* groupsOf(times: readonly RunTimes[], rowsMax: number): Generator<RunTimes[]> {
  let group: RunTimes[] = [];
  let rows = 0;
  for (const time of times) {
    if (group.length > 0 && rows + Number(time.rows) > rowsMax) {
      yield group;
      [group, rows] = [[], 0];
    }
    group.push(time);
    rows += Number(time.rows);
  }
  if (group.length > 0) yield group;
}

/**
 * Spans of runs by run, one entry per span, in order of start. As they come they are made small: spans of a run repeat the same
 * few texts.
 */
export async function readSpansOf(
  driver: SqlDriver,
  database: string,
  project: string,
  times: readonly RunTimes[],
): Promise<Map<string, SummarySpan[]>> {
  const found = new Map<string, SummarySpan[]>();
  const texts = new Map<string, string>();
  const parameters = { project, ...rangeOf(times), spansMax: SPANS_PER_SUMMARY_MAX };
  for await (const row of driver.stream<SummarySpan>(inDatabase(SPANS_TO_SUMMARISE, database), {
    parameters,
  })) {
    const spans = found.get(row.run_id);
    const span = sharingTexts(row, texts);
    if (spans === undefined) found.set(span.run_id, [span]);
    else spans.push(span);
  }
  return found;
}

/** The same with the texts that were there before: half the memory of a large run. */
function sharingTexts(span: SummarySpan, texts: Map<string, string>): SummarySpan {
  const shared = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  return {
    ...span,
    run_id: shared(span.run_id),
    trace_id: shared(span.trace_id),
    parent_span_id: shared(span.parent_span_id),
    name: shared(span.name),
    service: shared(span.service),
    scope_name: shared(span.scope_name),
    agent: shared(span.agent),
    request_model: shared(span.request_model),
    response_model: shared(span.response_model),
    cost_source: shared(span.cost_source),
    conversation_id: shared(span.conversation_id),
    session_id: shared(span.session_id),
    user_id: shared(span.user_id),
    fingerprint: shared(span.fingerprint),
    received: shared(span.received),
  };
}
