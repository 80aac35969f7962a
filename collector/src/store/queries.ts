/**
 * Every query of the store. `{database}` is replaced once per store; everything else is bound. `runs` is read with FINAL:
 * one row per run, its newest revision; keys never lie in two partitions, so partitions are merged apart.
 */

const RUN_COLUMNS = `project, run_id, trace_id, root_span_id, trial_id, name, agent, service, environment, state, status,
  error_type, start_time, duration_ns, spans, errors, model_calls, tool_calls,
  models, input_tokens, output_tokens, cost, model_costs, unpriced_calls, conversation_id, session_id, user_id, tags,
  fingerprint, knowledge_snapshot, knowledge_arm, knowledge_items, outcome_source, outcome_score, outcome_passed,
  outcome_comment`;

const FINAL_PER_PARTITION = `SETTINGS do_not_merge_across_partitions_select_final = 1`;

/**
 * Of questions about one run, planning is most of the work: the engine's newer planner takes a quarter longer for them, on tables
 * of sixty columns of which some are computed. Rows that are read are the same.
 */
export const LOOK_UP = 'SETTINGS enable_analyzer = 0';

/**
 * Start of the newest run at or before `before`: where a list begins to look. By the hour, which the key is in order of: one
 * block of every part, so small ones.
 */
export const NEWEST_RUN = `
SELECT toString(max(start_time)) AS start
FROM {database}.runs
WHERE project = {project: String} AND start_time <= {before: DateTime64(9, 'UTC')}
  AND toStartOfHour(start_time) =
  (
    SELECT toStartOfHour(start_time)
    FROM {database}.runs
    WHERE project = {project: String} AND start_time <= {before: DateTime64(9, 'UTC')}
    ORDER BY toStartOfHour(start_time) DESC
    LIMIT 1
  )
HAVING count() > 0
SETTINGS max_block_size = 1024`;

/** One page of runs; `conditions` come from {@link RUN_CONDITIONS}. */
export function listRuns(conditions: readonly string[]): string {
  return `
SELECT ${RUN_COLUMNS}
FROM {database}.runs FINAL
WHERE ${['project = {project: String}', ...conditions].join('\n  AND ')}
ORDER BY start_time DESC, run_id DESC
LIMIT {limit: UInt32}
${FINAL_PER_PARTITION}`;
}

/** What a list can be narrowed by. */
export const RUN_CONDITIONS = {
  state: 'state = {state: String}',
  agent: 'agent = {agent: String}',
  service: 'service = {service: String}',
  environment: 'environment = {environment: String}',
  name: 'name = {name: String}',
  status: 'status = {status: String}',
  sessionId: 'session_id = {session: String}',
  userId: 'user_id = {user: String}',
  tag: 'has(tags, {tag: String})',
  minDuration: 'duration_ns >= {minDuration: UInt64}',
  maxDuration: 'duration_ns <= {maxDuration: UInt64}',
  minTokens: 'ifNull(input_tokens, 0) + ifNull(output_tokens, 0) >= {minTokens: UInt64}',
  minCost: 'toFloat64(cost) >= {minCost: Float64}',
  conversationId: 'conversation_id = {conversation: String}',
  passed: "outcome_source != '' AND outcome_passed = true",
  failed: "outcome_source != '' AND outcome_passed = false",
  none: "outcome_source = ''",
  noTrials: "trial_id = ''",
  notBefore: "start_time >= {notBefore: DateTime64(9, 'UTC')}",
  before: "start_time < {before: DateTime64(9, 'UTC')}",
  startedAfter: "start_time >= fromUnixTimestamp64Milli({startedAfter: Int64}, 'UTC')",
  startedBefore: "start_time < fromUnixTimestamp64Milli({startedBefore: Int64}, 'UTC')",
  after: "(start_time, run_id) < ({afterTime: DateTime64(9, 'UTC')}, {afterRun: String})",
  /** The first part is what the index can use of `after`. */
  afterBound: "start_time <= {afterTime: DateTime64(9, 'UTC')}",
  inSlice: "start_time > {low: DateTime64(9, 'UTC')} AND start_time <= {high: DateTime64(9, 'UTC')}",
  /** With the hour, which the key needs before it can use the id. */
  oneOf: `(toStartOfHour(start_time), run_id) IN (
    SELECT toStartOfHour(min(start)), id FROM {database}.id_times
    WHERE project = {project: String} AND id IN {runs: Array(String)} AND kind != 'trace' GROUP BY id)`,
  unanalysed: `run_id NOT IN (SELECT run_id FROM {database}.analyses WHERE project = {project: String})`,
} as const;

/** Runs whose id begins with `prefix`: by the primary key. */
export const RUNS_BY_PREFIX = `
SELECT DISTINCT id AS run_id
FROM {database}.id_times
WHERE project = {project: String} AND startsWith(id, {prefix: String}) AND kind != 'trace'
ORDER BY id
LIMIT {limit: UInt32}`;

/** Of these runs: time range of the spans, rows stored, when the last of them came in (Unix ms), and whether there are outcomes. */
export const RUNS_TO_SUMMARISE = `
SELECT id AS run_id, toString(min(start)) AS first, toString(max(end)) AS last, toString(sum(spans)) AS rows,
  toString(toUnixTimestamp64Milli(max(received_at))) AS received,
  id IN (SELECT run_id FROM {database}.outcomes WHERE project = {project: String} AND run_id IN {runs: Array(String)}) AS judged
FROM {database}.id_times
WHERE project = {project: String} AND id IN {runs: Array(String)} AND kind != 'trace'
GROUP BY id`;

/**
 * Times of the spans of one run, a row for each insert that has not been merged. Everything about it is in the key, so a few
 * granules are read before anything else.
 */
export const TIMES_OF_RUN: string = `
SELECT start, end, spans
FROM {database}.id_times
PREWHERE project = {project: String} AND id = {run: String} AND kind != 'trace'
${LOOK_UP}`;

/** One run by its whole id, in the time range of its spans. */
export const RUN_BY_ID: string = `
SELECT ${RUN_COLUMNS}
FROM {database}.runs FINAL
WHERE project = {project: String} AND run_id = {run: String}
  AND start_time BETWEEN {first: DateTime64(9, 'UTC')} AND {last: DateTime64(9, 'UTC')}
ORDER BY revision DESC
LIMIT 1
${LOOK_UP}, do_not_merge_across_partitions_select_final = 1`;

/** Log records with the content of these spans; some senders stamp them a little after the span. */
export const CONTENT_LOGS = `
SELECT trace_id, span_id, event_name, scope_name, body, attributes
FROM {database}.logs
WHERE project = {project: String} AND trace_id IN {traces: Array(String)} AND span_id IN {spans: Array(String)}
  AND (event_name LIKE 'gen_ai.%' OR scope_name LIKE 'org.springframework.ai.%')
  AND time BETWEEN toDateTime64({first: DateTime64(9, 'UTC')}, 9) - toIntervalHour(1)
    AND toDateTime64({last: DateTime64(9, 'UTC')}, 9) + toIntervalHour(1)
ORDER BY time
LIMIT {logsMax: UInt32}`;

/** What a run's row is made from: spans without content. */
export const SPANS_TO_SUMMARISE = `
SELECT *
FROM
(
SELECT run_id, trace_id, span_id, parent_span_id, trial_id, name, kind, operation, dialect, scope_name, service, environment,
  agent, toString(toUnixTimestamp64Nano(start_time)) AS start, toString(duration_ns) AS duration, status, error_type,
  request_model, response_model, response_id, input_tokens, output_tokens, cost, cost_source, conversation_id,
  session_id, user_id, tags, fingerprint, knowledge_snapshot, knowledge_arm, knowledge_items, flags,
  toUnixTimestamp64Milli(received_at) AS received
FROM {database}.spans
WHERE project = {project: String} AND run_id IN {runs: Array(String)}
  AND start_time BETWEEN {first: DateTime64(9, 'UTC')} AND {last: DateTime64(9, 'UTC')}
ORDER BY run_id, start_time, trace_id, span_id, received_at DESC
LIMIT 1 BY run_id, trace_id, span_id
)
ORDER BY run_id, length(start), start, trace_id, span_id
LIMIT {spansMax: UInt32} BY run_id`;

/** One row per outcome id, the newest recording of it. */
export const OUTCOMES_OF_RUNS: string = `
SELECT *
FROM
(
SELECT run_id, outcome_id, source, score, passed, comment, toString(toUnixTimestamp64Nano(time)) AS time_ns,
  toUnixTimestamp64Milli(received_at) AS received
FROM {database}.outcomes
WHERE project = {project: String} AND run_id IN {runs: Array(String)}
ORDER BY run_id, outcome_id, received_at DESC
LIMIT 1 BY run_id, outcome_id
)
ORDER BY run_id, outcome_id
LIMIT {outcomesMax: UInt32} BY run_id
${LOOK_UP}`;

/** The rows that these runs have now, at most one per hour of start. */
export const REVISIONS: string = `
SELECT run_id, toString(revision) AS revision, toString(toUnixTimestamp64Nano(start_time)) AS start
FROM {database}.runs FINAL
WHERE project = {project: String} AND run_id IN {runs: Array(String)}
  AND start_time BETWEEN {first: DateTime64(9, 'UTC')} AND {last: DateTime64(9, 'UTC')}
${FINAL_PER_PARTITION}`;

export const COUNT_RUNS: string = `
SELECT
  count() AS total,
  countIf(outcome_source != '' AND outcome_passed = true) AS passed,
  countIf(outcome_source != '' AND outcome_passed = false) AS failed,
  countIf(outcome_source = '' OR outcome_passed IS NULL) AS undecided,
  countIf(state = 'closed'
    AND run_id NOT IN (SELECT run_id FROM {database}.analyses WHERE project = {project: String})) AS unanalysed
FROM {database}.runs FINAL
WHERE project = {project: String} AND trial_id = ''
${FINAL_PER_PARTITION}`;

/** What was received, by minutes since 1970, from `seconds` before the newest span on: how the search for stale runs is parted. */
export const RECEIVED_BY_MINUTES = `
WITH (SELECT max(received_at) FROM {database}.id_times) AS newest
SELECT intDiv(toUnixTimestamp(received_at), 60 * {minutes: UInt32}) * {minutes: UInt32} AS minute, count() AS rows
FROM
(
  SELECT received_at FROM {database}.id_times WHERE kind != 'trace'
  UNION ALL
  SELECT received_at FROM {database}.outcomes
)
WHERE received_at > newest - toIntervalSecond({seconds: UInt32})
GROUP BY minute
ORDER BY minute`;

/**
 * Of the runs whose spans or outcomes came in between two minutes: those of which some came in after what their row has seen,
 * and those that stay open although nothing has come for long. Over all projects. Rows of runs are looked for around the starts
 * of the spans, a day back: a run that takes longer is found without need.
 */
export const STALE_RUNS = `
WITH
  judged AS
  (
    SELECT project, run_id, max(received_at) AS judged_at
    FROM {database}.outcomes
    WHERE received_at >= fromUnixTimestamp({from: Int64} * 60) AND received_at < fromUnixTimestamp({to: Int64} * 60)
    GROUP BY project, run_id
  ),
  touched_runs AS
  (
    SELECT project, run_id, max(received) AS touched, min(first) AS first, max(last) AS last
    FROM
    (
      SELECT project, id AS run_id, received_at AS received, start AS first, end AS last
      FROM {database}.id_times
      WHERE kind != 'trace' AND received_at >= fromUnixTimestamp({from: Int64} * 60)
        AND received_at < fromUnixTimestamp({to: Int64} * 60)
      UNION ALL
      SELECT project, run_id, judged_at AS received, first, last
      FROM judged
      INNER JOIN
      (
        SELECT project, id AS run_id, min(start) AS first, max(end) AS last
        FROM {database}.id_times
        WHERE kind != 'trace' AND (project, id) IN (SELECT project, run_id FROM judged)
        GROUP BY project, id
      ) AS known_runs USING (project, run_id)
    )
    GROUP BY project, run_id
  )
SELECT project, run_id
FROM touched_runs
LEFT JOIN
(
  SELECT project, run_id, argMax(seen_at, revision) AS seen, argMax(state, revision) AS last_state
  FROM {database}.runs
  WHERE is_deleted = 0 AND (project, run_id) IN (SELECT project, run_id FROM touched_runs)
    AND start_time >= (SELECT min(first) FROM touched_runs) - toIntervalDay(1)
    AND start_time <= (SELECT max(last) FROM touched_runs)
  GROUP BY project, run_id
) AS known USING (project, run_id)
WHERE touched > seen OR (last_state = 'open' AND seen < fromUnixTimestamp64Milli({abandonedBefore: Int64}, 'UTC'))
ORDER BY touched, project, run_id
LIMIT {limit: UInt32}`;

/** Binds the database's name, which has been checked to be an identifier. */
export function inDatabase(query: string, database: string): string {
  return query.replaceAll('{database}', database);
}
