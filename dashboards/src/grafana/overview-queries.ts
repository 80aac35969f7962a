import { RUNS } from '@tracelore/collector/store';
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

/** One series for each of the ten largest; sums of runs, which count each model call once. */
function perModel(map: 'model_costs' | 'model_tokens', unit: string): string {
  const models = `FROM ${RUNS.name} FINAL ARRAY JOIN mapKeys(${map}) AS model, mapValues(${map}) AS amount
    WHERE $__timeFilter(start_time) AND ${filters()}`;
  return `
    SELECT $__timeInterval(start_time) AS time, model, toFloat64(sum(amount)) AS ${unit}
    ${models}
        AND model IN (SELECT model ${models} GROUP BY model ORDER BY sum(amount) DESC LIMIT 10)
    GROUP BY time, model ORDER BY time, model`;
}

export const tokensByModel: string = perModel('model_tokens', 'tokens');

export const costByModel: string = perModel('model_costs', 'usd');

export const costByAgent: string = `
    SELECT $__timeInterval(start_time) AS time, agent, toFloat64(sum(cost)) AS usd
    ${runs} AND cost IS NOT NULL
        AND agent IN (SELECT agent ${runs} AND cost IS NOT NULL GROUP BY agent ORDER BY sum(cost) DESC LIMIT 10)
    GROUP BY time, agent ORDER BY time, agent`;

/** Unknown, not 0, when no call has a price. */
export const costTotal: string = `SELECT toFloat64(sum(cost)) AS usd ${runs}`;

export const unpricedCalls: string = `SELECT sum(unpriced_calls) AS calls ${runs}`;

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
