import { RUNS, SPANS } from '@tracelore/collector/store';
import { filters } from './filters.ts';

/** SQL of Runs & traces. The text box matches names, ids, agents and error types without regard to case, as plain text;
 * it is percent-encoded on its way into the SQL because Grafana's quoting leaves backslashes alone. */
const matching = [
  `$__timeFilter(start_time) AND ${filters()}`,
  '$__conditionalAll(outcome IN (${outcome:singlequote}), $outcome)',
  "$__conditionalAll(positionCaseInsensitiveUTF8(concat(name, ' ', agent, ' ', error_type, ' ', run_id, ' ', trace_id, ' ', conversation_id, ' ', user_id), decodeURLComponent('${search:percentencode}')) > 0, $search)",
].join(' AND ');

const outcome =
  "multiIf(outcome_passed = true, 'passed', outcome_passed = false, 'failed', 'unjudged') AS outcome";

const columns = `
        start_time AS started,
        name,
        agent,
        ${outcome},
        outcome_score AS score,
        status,
        duration_ns / 1e9 AS duration,
        model_calls,
        tool_calls,
        ifNull(input_tokens, 0) + ifNull(output_tokens, 0) AS tokens,
        toFloat64(cost) AS usd,
        unpriced_calls AS unpriced,
        knowledge_arm AS arm,
        length(knowledge_items) AS rules,
        run_id,
        trace_id`;

export const searchRuns: string = `
    SELECT ${columns}
    FROM ${RUNS.name} FINAL WHERE ${matching}
    ORDER BY start_time DESC LIMIT 200`;

export const slowestRuns: string = `
    SELECT ${columns}
    FROM ${RUNS.name} FINAL WHERE ${matching}
    ORDER BY duration_ns DESC LIMIT 20`;

export const mostTokens: string = `
    SELECT ${columns}
    FROM ${RUNS.name} FINAL WHERE ${matching}
    ORDER BY tokens DESC LIMIT 20`;

/** Upper ends of the duration classes, seconds. */
const DURATION_CLASSES = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300] as const;

/** One column per duration class: a heatmap without reading single runs. */
export const durationHeatmap: string = `
    SELECT
        $__timeInterval(start_time) AS time,
        ${DURATION_CLASSES.map((end, index) => `countIf(duration_ns <= ${end}e9 AND duration_ns > ${DURATION_CLASSES[index - 1] ?? -1}e9) AS \`${end}\``).join(',\n        ')},
        countIf(duration_ns > ${DURATION_CLASSES.at(-1)}e9) AS \`longer\`
    FROM ${RUNS.name} FINAL WHERE $__timeFilter(start_time) AND ${filters()}
    GROUP BY time ORDER BY time`;

/** The columns Grafana's trace panel asks for. The time range comes from the trace itself, not from the dashboard. */
export const traceById: string = `
    SELECT
        trace_id AS traceID,
        span_id AS spanID,
        parent_span_id AS parentSpanID,
        service AS serviceName,
        name AS operationName,
        toUnixTimestamp64Milli(start_time) AS startTime,
        duration_ns / 1e6 AS duration,
        arrayMap(key -> map('key', key, 'value', attributes[key]), mapKeys(attributes)) AS tags,
        arrayMap(key -> map('key', key, 'value', resource_attributes[key]), mapKeys(resource_attributes)) AS serviceTags,
        if(status = 'Error', 2, 0) AS statusCode
    FROM ${SPANS.name}
    WHERE trace_id = decodeURLComponent('\${trace:percentencode}')
        AND start_time >= (SELECT min(start) FROM id_times WHERE id = decodeURLComponent('\${trace:percentencode}'))
        AND start_time <= (SELECT max(end) FROM id_times WHERE id = decodeURLComponent('\${trace:percentencode}'))
    ORDER BY start_time
    LIMIT 1 BY trace_id, span_id
    LIMIT 5000`;
