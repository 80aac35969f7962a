import { LOGS, OUTCOMES, RUNS, SPANS, type SqlDriver, type Store } from '@tracelore/collector/store';
import { VOCABULARY, vocabulary } from './vocabulary.ts';

/** What the benchmark's store holds; `fill` says how it is made. */
export interface Filling {
  /** About ten spans per run. */
  readonly runs: number;
  /** The runs are spread evenly over this time before `endMs`. */
  readonly days: number;
  /** Epoch ms. */
  readonly endMs: number;
}

export const PROJECT = 'default';
export const AGENTS = 200;
export const USERS = 50_000;
export const MODELS: readonly string[] = [
  'gpt-5',
  'gpt-5-mini',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
  'gemini-2.5-pro',
  'o4-mini',
];
/** Stands in one model call of every 200 000th run: about five among ten million spans. */
export const RARE_WORD = 'quetzalcoatlus';
export const RARE_EVERY = 200_000;

/** Runs per INSERT: some 100 000 spans, 150 MB before compression. */
const RUNS_PER_INSERT = 10_000;
const INSERT_MEMORY_BYTES_MAX = 6 * 1024 ** 3;
const INSERT_TIMEOUT_MS = 600_000;
const DAY_MS = 86_400_000;

/**
 * Fills an empty store inside the engine, by hashes of numbers alone: the same filling has the same rows. A run is a root, model
 * calls (odd places) and tools (even ones): 8 to 12 spans. Words are drawn log-uniformly by rank (Zipf, exponent 1) from a
 * vocabulary of 100 000; a model call holds 2 KB of them and two ids that stand nowhere else, as orders and documents do.
 */
export async function fill(store: Store, filling: Filling, told: (runs: number) => void): Promise<void> {
  const { driver, database } = store;
  await driver.command(`CREATE TABLE ${database}.bench_words ENGINE = Memory AS ${VOCABULARY}`, {
    parameters: { words: [...vocabulary()] },
  });
  for (let from = 0; from < filling.runs; from += RUNS_PER_INSERT) {
    const count = Math.min(RUNS_PER_INSERT, filling.runs - from);
    const parameters = {
      from,
      count,
      endMs: filling.endMs,
      stepNs: BigInt(Math.floor((filling.days * DAY_MS) / filling.runs)) * 1_000_000n,
    };
    await insert(driver, spansSql(database), parameters);
    await insert(driver, runsSql(database), parameters);
    await insert(driver, outcomesSql(database), parameters);
    await insert(driver, logsSql(database), parameters);
    told(from + count);
  }
  await driver.command(`DROP TABLE ${database}.bench_words`);
}

async function insert(
  driver: SqlDriver,
  sql: string,
  parameters: Record<string, number | bigint>,
): Promise<void> {
  await driver.command(sql, {
    parameters,
    memoryBytesMax: INSERT_MEMORY_BYTES_MAX,
    timeoutMs: INSERT_TIMEOUT_MS,
  });
}

/** What the rows of one run agree on. `r` counts runs from the newest. */
const RUN_COLUMNS = `
  number AS r,
  lower(hex(sipHash128(r, 'run'))) AS run,
  toDateTime64(fromUnixTimestamp64Milli({endMs: Int64}, 'UTC'), 9) - toIntervalNanosecond(r * {stepNs: Int64}) AS began,
  cityHash64(r, 'agent') AS dice,
  'agent-' || toString(toUInt32(exp((dice % 1000000) / 1000000 * log(${AGENTS})))) AS agent_name,
  'service-' || toString(dice % ${AGENTS}) AS service_name,
  ['production', 'production', 'staging'][dice % 3 + 1] AS environment_name,
  'user-' || toString(toUInt32(exp((cityHash64(r, 'user') % 1000000) / 1000000 * log(${USERS})))) AS user_name,
  'conversation-' || toString(intDiv(r, 3)) AS conversation,
  [${MODELS.map((model) => `'${model}'`).join(', ')}][cityHash64(r, 'model') % ${MODELS.length} + 1] AS model,
  cityHash64(r, 'error') % 50 = 0 AS fails`;

/** `count` words for the field that `salt` names. */
function words(count: number, salt: string): string {
  return `arrayStringConcat(arrayMap(i -> vocabulary[toUInt32(exp((cityHash64(r, part, i, '${salt}') % 4294967296) / 4294967296 * log(length(vocabulary))))], range(${count})), ' ')`;
}

function spansSql(database: string): string {
  return `
INSERT INTO ${database}.${SPANS.name}
  (project, trace_id, span_id, parent_span_id, run_id, name, kind, otel_kind, service, environment, scope_name, start_time,
   duration_ns, status, status_message, error_type, operation, provider, request_model, response_model, response_id, agent,
   tool, conversation_id, session_id, user_id, tags, input_tokens, output_tokens, dialect, received_at, input, output,
   attribute_values, attribute_types, resource_attributes, \`events.time\`, \`events.name\`, \`events.attributes\`)
WITH (SELECT groupArray(word) FROM ${database}.bench_words) AS vocabulary
SELECT
  '${PROJECT}', run, lower(hex(sipHash64(r, part))), if(part = 0, '', lower(hex(sipHash64(r, 0)))), run,
  multiIf(part = 0, 'answer ' || agent_name, is_model, 'chat ' || model, 'execute_tool ' || tool_name),
  multiIf(part = 0, 'agent', is_model, 'llm', 'tool'), if(is_model, 'Client', 'Internal'), service_name, environment_name,
  'bench', began + toIntervalMillisecond(part * 400), if(part = 0, spans * 400000000, 100000000 + dice % 250000000),
  if(broken, 'Error', 'Ok'), if(broken, 'no answer from ' || tool_name || ' within 30 s', ''),
  if(broken, ['timeout', 'rate_limit', 'invalid_arguments'][dice % 3 + 1], ''),
  multiIf(part = 0, 'invoke_agent', is_model, 'chat', 'execute_tool'), if(is_model, 'openai', ''), if(is_model, model, ''),
  if(is_model, model || '-2026', ''), if(is_model, 'resp-' || toString(r) || '-' || toString(part), ''), agent_name,
  if(is_tool, tool_name, ''), conversation, conversation, if(part = 0, user_name, ''),
  if(part = 0, ['release-' || toString(dice % 7)], []),
  if(is_model, 200 + dice % 3000, NULL), if(is_model, 20 + dice % 400, NULL), 'gen_ai', began + toIntervalSecond(8),
  multiIf(
    is_model, '[{"role":"user","parts":[{"type":"text","content":"order ' || id || ' ' || ${words(210, 'in')}
      || if(r % ${RARE_EVERY} = 77 AND part = 1, ' ${RARE_WORD}', '') || '"}]}]',
    is_tool, '{"order":"' || id || '","query":"' || ${words(8, 'arguments')} || '"}',
    ${words(25, 'question')}),
  multiIf(
    is_model, '[{"role":"assistant","parts":[{"type":"text","content":"' || ${words(60, 'out')} || ' document ' || lower(hex(sipHash64(r, part, 'd'))) || '"}]}]',
    is_tool, ${words(40, 'result')}, ${words(40, 'answer')}),
  mapFromArrays(
    arrayConcat(
      ['gen_ai.operation.name', 'gen_ai.agent.name', 'gen_ai.conversation.id'],
      multiIf(
        is_model, ['gen_ai.provider.name', 'gen_ai.request.model', 'gen_ai.response.model', 'gen_ai.response.id',
          'gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens', 'gen_ai.request.temperature', 'server.address',
          'gen_ai.input.messages', 'gen_ai.output.messages'],
        is_tool, ['gen_ai.tool.name', 'gen_ai.tool.call.id', 'order.id', 'http.response.status_code', 'customer.tier'],
        ['user.id', 'deployment.version'])),
    arrayConcat(
      [multiIf(part = 0, 'invoke_agent', is_model, 'chat', 'execute_tool'), agent_name, conversation],
      multiIf(
        is_model, ['openai', model, model || '-2026', 'resp-' || toString(r) || '-' || toString(part),
          toString(200 + dice % 3000), toString(20 + dice % 400), '0.2', 'api.example.com', '', ''],
        is_tool, [tool_name, 'call-' || toString(r) || '-' || toString(part), id, if(broken, '504', '200'),
          ['gold', 'silver', 'bronze', 'platinum'][dice % 4 + 1]],
        [user_name, '2026.' || toString(intDiv(r, 10000))]))),
  if(is_model, map('gen_ai.input.messages', '=input', 'gen_ai.output.messages', '=output',
    'gen_ai.usage.input_tokens', 'int', 'gen_ai.usage.output_tokens', 'int', 'gen_ai.request.temperature', 'double'), map()),
  map('service.name', service_name, 'service.version', '2026.' || toString(intDiv(r, 10000)),
    'host.name', 'host-' || toString(dice % 50), 'telemetry.sdk.language', 'nodejs'),
  if(broken, [began], []), if(broken, ['exception'], []),
  if(broken, [map('exception.type', 'TimeoutError', 'exception.message', 'no answer from ' || tool_name || ' within 30 s')], [])
FROM
(
  SELECT *, part % 2 = 1 AS is_model, part > 0 AND NOT is_model AS is_tool, fails AND part = 2 AS broken,
    'tool-' || toString(cityHash64(r, part, 'tool') % 60) AS tool_name, 'ord' || lower(hex(toUInt32(sipHash64(r, part, 'o')))) AS id
  FROM (SELECT ${RUN_COLUMNS}, 8 + r % 5 AS spans, toUInt8(arrayJoin(range(spans))) AS part FROM numbers({from: UInt64}, {count: UInt64}))
)`;
}

/** What the collector would have computed from these spans. */
function runsSql(database: string): string {
  return `
INSERT INTO ${database}.${RUNS.name}
  (project, run_id, revision, trace_id, root_span_id, name, service, environment, agent, state, status, error_type, start_time,
   duration_ns, spans, errors, model_calls, tool_calls, models, input_tokens, output_tokens, conversation_id, session_id,
   user_id, tags, outcome_source, outcome_score, outcome_passed, seen_at, updated_at, is_deleted)
SELECT
  '${PROJECT}', run, r + 1, run, lower(hex(sipHash64(r, 0))), 'answer ' || agent_name, service_name, environment_name,
  agent_name, 'closed', 'Ok', '', began, spans * 400000000, spans, toUInt32(fails), intDiv(spans, 2), intDiv(spans - 1, 2),
  [model || '-2026'], intDiv(spans, 2) * (200 + dice % 3000), intDiv(spans, 2) * (20 + dice % 400), conversation,
  conversation, user_name, ['release-' || toString(dice % 7)], if(judged, 'check', ''),
  if(judged, toFloat64(passes), NULL), if(judged, passes, NULL), began + toIntervalSecond(8), began + toIntervalSecond(10), 0
FROM (SELECT ${RUN_COLUMNS}, 8 + r % 5 AS spans, dice % 10 < 6 AS judged, NOT fails AS passes
  FROM numbers({from: UInt64}, {count: UInt64}))`;
}

function outcomesSql(database: string): string {
  return `
INSERT INTO ${database}.${OUTCOMES.name}
  (project, run_id, outcome_id, name, source, score, passed, time, received_at)
SELECT '${PROJECT}', run, toString(r), 'accuracy', 'check', toFloat64(NOT fails), NOT fails, began + toIntervalSecond(6),
  began + toIntervalSecond(8)
FROM (SELECT ${RUN_COLUMNS} FROM numbers({from: UInt64}, {count: UInt64}))
WHERE dice % 10 < 6`;
}

/** One log record per twentieth run. */
function logsSql(database: string): string {
  return `
INSERT INTO ${database}.${LOGS.name}
  (project, time, trace_id, span_id, severity_number, severity_text, service, event_name, body, received_at)
SELECT '${PROJECT}', began + toIntervalSecond(1), run, lower(hex(sipHash64(r, 1))), 9, 'INFO', service_name,
  'gen_ai.user.message', '{"content":"please look at ' || lower(hex(sipHash64(r, 'log'))) || '"}', began + toIntervalSecond(8)
FROM (SELECT ${RUN_COLUMNS} FROM numbers({from: UInt64}, {count: UInt64}))
WHERE r % 20 = 0`;
}
