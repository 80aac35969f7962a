import { RUNS, SPANS } from '@tracelore/collector/store';
import { filters } from './filters.ts';

/** SQL of the Overview. `runs` is read with FINAL: one row per run, its newest revision; content columns are never read. */
const runs = `FROM ${RUNS.name} FINAL WHERE $__timeFilter(start_time) AND ${filters()}`;

/** 0 of 0 is unknown, not 0: ClickHouse's 0/0 is NaN, which Grafana cannot show. */
function share(condition: string, of: string): string {
  return `if(countIf(${of}) = 0, NULL, countIf(${condition}) / countIf(${of}))`;
}

export const runCount: string = `SELECT count() AS runs ${runs}`;

export const passRate: string = `SELECT ${share('outcome_passed = true', 'outcome_passed IS NOT NULL')} AS pass_rate ${runs}`;

export const errorRate: string = `SELECT ${share("status = 'Error'", '1')} AS error_rate ${runs}`;

export const judgedShare: string = `SELECT ${share('outcome_passed IS NOT NULL', '1')} AS judged ${runs}`;

export const tokenTotal: string = `SELECT sum(ifNull(input_tokens, 0)) AS input, sum(ifNull(output_tokens, 0)) AS output ${runs}`;

export const latencyNow: string = `
    SELECT
        if(count() = 0, NULL, quantileTDigest(0.5)(duration_ns) / 1e9) AS p50,
        if(count() = 0, NULL, quantileTDigest(0.95)(duration_ns) / 1e9) AS p95,
        if(count() = 0, NULL, quantileTDigest(0.99)(duration_ns) / 1e9) AS p99
    ${runs}`;

export const runsByOutcome: string = `
    SELECT
        $__timeInterval(start_time) AS time,
        countIf(outcome_passed = true) AS passed,
        countIf(outcome_passed = false) AS failed,
        countIf(outcome_passed IS NULL) AS unjudged
    ${runs}
    GROUP BY time ORDER BY time`;

export const passRateOverTime: string = `
    SELECT
        $__timeInterval(start_time) AS time,
        ${share("outcome_passed = true AND knowledge_arm = 'served'", "outcome_passed IS NOT NULL AND knowledge_arm = 'served'")} AS \`with rules\`,
        ${share("outcome_passed = true AND knowledge_arm != 'served'", "outcome_passed IS NOT NULL AND knowledge_arm != 'served'")} AS \`without rules\`
    ${runs}
    GROUP BY time ORDER BY time`;

export const latencyOverTime: string = `
    SELECT
        $__timeInterval(start_time) AS time,
        quantileTDigest(0.5)(duration_ns) / 1e9 AS p50,
        quantileTDigest(0.95)(duration_ns) / 1e9 AS p95,
        quantileTDigest(0.99)(duration_ns) / 1e9 AS p99
    ${runs}
    GROUP BY time ORDER BY time`;

/** Model calls, not runs: the label set is bounded to the ten busiest models. */
export const tokensByModel: string = `
    SELECT
        $__timeInterval(start_time) AS time,
        if(response_model = '', request_model, response_model) AS model,
        sum(ifNull(input_tokens, 0) + ifNull(output_tokens, 0)) AS tokens
    FROM ${SPANS.name}
    WHERE $__timeFilter(start_time) AND ${filters(['project', 'service', 'environment'])} AND kind = 'llm'
        AND model IN (
            SELECT if(response_model = '', request_model, response_model) AS busiest
            FROM ${SPANS.name}
            WHERE $__timeFilter(start_time) AND ${filters(['project', 'service', 'environment'])} AND kind = 'llm'
            GROUP BY busiest ORDER BY count() DESC LIMIT 10
        )
    GROUP BY time, model ORDER BY time, model`;

export const failingRuns: string = `
    SELECT
        start_time AS started,
        name,
        agent,
        outcome_source AS judged_by,
        outcome_score AS score,
        error_type,
        duration_ns / 1e9 AS duration,
        run_id,
        trace_id
    ${runs} AND (outcome_passed = false OR status = 'Error')
    ORDER BY start_time DESC LIMIT 50`;
