import { LOOK_UP } from './queries.ts';

/** Queries of the search for runs by their spans. */

/** What a span can be searched by. */
export const SPAN_CONDITIONS = {
  name: 'name = {spanName: String}',
  kind: 'kind = {spanKind: String}',
  service: 'service = {spanService: String}',
  model: '(request_model = {spanModel: String} OR response_model = {spanModel: String})',
  tool: 'tool = {spanTool: String}',
  errorType: 'error_type = {spanError: String}',
  status: 'status = {spanStatus: String}',
  minDuration: 'duration_ns >= {spanMinDuration: UInt64}',
  maxDuration: 'duration_ns <= {spanMaxDuration: UInt64}',
  /** By `idx_attribute_pairs`. */
  attribute: (name: string): string => `has(attribute_pairs, {${name}: String})`,
  /** By `idx_words` of finished days, or `idx_text`; log records have the same. */
  word: (name: string): string => `hasToken(words, {${name}: String})`,
  /** By `idx_trace_id`. */
  oneOf: 'trace_id IN {traces: Array(String)} AND span_id IN {spans: Array(String)}',
} as const;

/**
 * When the last spans of the runs of a slice started at the latest: spans may start an hour after the root ended. The longest run
 * counts as if it had been the last: two maxima cost a fifth of the sums of a million rows. No row when no run started in it.
 */
export const SPANS_UNTIL: string = `
SELECT max(start_time) + toIntervalNanosecond(least(max(duration_ns), 2592000000000000)) + toIntervalHour(1) AS until
FROM {database}.runs
WHERE project = {project: String}
  AND start_time > {low: DateTime64(9, 'UTC')} AND start_time <= {high: DateTime64(9, 'UTC')}
HAVING count() > 0
${LOOK_UP}`;

/**
 * The index of words says which granules to read, not which rows: an answer from the index alone fails (26.7) as long as one part
 * has none, since the engine then repeats the condition without its lambdas.
 */
const NOT_FROM_INDEX = 'SETTINGS query_plan_direct_read_from_text_index = 0';

/** A condition on spans: their run started in the slice and is as `conditions` say, in any of its revisions. */
export function runsStartedIn(conditions: readonly string[]): string {
  return `run_id IN (
    SELECT run_id FROM {database}.runs
    WHERE project = {project: String}
      AND start_time > {low: DateTime64(9, 'UTC')} AND start_time <= {high: DateTime64(9, 'UTC')}
      ${conditions.map((condition) => `AND ${condition}`).join('\n      ')})`;
}

/** Newest first; rows, so a span that was exported twice may come twice. */
export function matchingSpans(conditions: readonly string[]): string {
  return `
SELECT run_id, trace_id, span_id, name, kind, status, start_time, duration_ns
FROM {database}.spans
WHERE project = {project: String}
  AND start_time > {low: DateTime64(9, 'UTC')} AND start_time <= {until: DateTime64(9, 'UTC')}
  ${conditions.map((condition) => `AND ${condition}`).join('\n  ')}
ORDER BY start_time DESC
LIMIT {limit: UInt32}
${NOT_FROM_INDEX}`;
}

export function matchingLogs(conditions: readonly string[]): string {
  return `
SELECT trace_id, span_id
FROM {database}.logs
WHERE project = {project: String} AND span_id != ''
  AND time > {low: DateTime64(9, 'UTC')} AND time <= {until: DateTime64(9, 'UTC')}
  AND ${conditions.join(' AND ')}
ORDER BY time DESC
LIMIT {limit: UInt32}
${NOT_FROM_INDEX}`;
}
