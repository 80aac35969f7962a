-- One wide, append-only row per span. Project first in every key; content columns last and never read by list views.
-- LowCardinality only where queries group or filter: a dictionary per column and block made inserts and merges a third
-- dearer. Parts below 256 MiB (uncompressed) are one file: a file per column cost as much as all the rest of an insert.
-- Turns of a conversation repeat what was said before, so they lie side by side: a third of the bytes of an order by trace.
-- One trace or run is found by its hour and its bloom index.
-- Granules and what merges work in are of 2 MiB instead of 10: a merge holds several at a time, and took twice the memory. The
-- index of words covers five of them: its filters have their size whatever they hold.
CREATE TABLE IF NOT EXISTS {database}.spans
(
    project             LowCardinality(String),
    trace_id            String CODEC(ZSTD(1)),
    span_id             String CODEC(ZSTD(1)),
    parent_span_id      String CODEC(ZSTD(1)),
    run_id              String CODEC(ZSTD(1)),
    trial_id            String CODEC(ZSTD(1)),
    name                String CODEC(ZSTD(1)),
    kind                LowCardinality(String),
    otel_kind           String CODEC(ZSTD(1)),
    service             LowCardinality(String),
    environment         String CODEC(ZSTD(1)),
    scope_name          String CODEC(ZSTD(1)),
    scope_version       String CODEC(ZSTD(1)),
    start_time          DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns         UInt64 CODEC(T64, ZSTD(1)),
    status              LowCardinality(String),
    status_message      String CODEC(ZSTD(1)),
    error_type          String CODEC(ZSTD(1)),
    operation           LowCardinality(String),
    provider            String CODEC(ZSTD(1)),
    request_model       LowCardinality(String),
    response_model      LowCardinality(String),
    response_id         String CODEC(ZSTD(1)),
    finish_reasons      Array(String),
    agent               LowCardinality(String),
    tool                LowCardinality(String),
    tool_call_id        String CODEC(ZSTD(1)),
    conversation_id     String CODEC(ZSTD(1)),
    session_id          String CODEC(ZSTD(1)),
    user_id             String CODEC(ZSTD(1)),
    tags                Array(String),
    input_tokens        Nullable(UInt32),
    output_tokens       Nullable(UInt32),
    cache_read_tokens   Nullable(UInt32),
    cache_write_tokens  Nullable(UInt32),
    reasoning_tokens    Nullable(UInt32),
    time_to_first_chunk Nullable(Float64),
    cost                Nullable(Decimal64(9)), -- USD; as a sender reported it, or by the price list in cost_source
    cost_source         LowCardinality(String),
    knowledge_decision  String CODEC(ZSTD(1)),
    knowledge_snapshot  Nullable(UInt64),
    knowledge_arm       String CODEC(ZSTD(1)),
    knowledge_items     Array(String),
    fingerprint         String CODEC(ZSTD(1)),
    trace_state         String CODEC(ZSTD(1)),
    flags               UInt32,
    dialect             String CODEC(ZSTD(1)),
    mapping_version     UInt16,
    received_at         DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    warnings            Array(String),
    input               String CODEC(ZSTD(1)),
    output              String CODEC(ZSTD(1)),
    system_instructions String CODEC(ZSTD(1)),
    tool_definitions    String CODEC(ZSTD(1)),
    attribute_values    Map(String, String) CODEC(ZSTD(1)),
    attribute_types     Map(String, String) CODEC(ZSTD(1)),
    -- Every attribute as it was sent. A text that is a whole content column is stored there alone: its type is `=column`.
    attributes          Map(String, String) ALIAS if(
        arrayExists(type -> startsWith(type, '='), mapValues(attribute_types)),
        mapUpdate(attribute_values, mapFromArrays(
            arrayConcat(
                mapKeys(mapFilter((name, type) -> type = '=input', attribute_types)),
                mapKeys(mapFilter((name, type) -> type = '=output', attribute_types)),
                mapKeys(mapFilter((name, type) -> type = '=system_instructions', attribute_types)),
                mapKeys(mapFilter((name, type) -> type = '=tool_definitions', attribute_types))
            ),
            arrayConcat(
                arrayWithConstant(countEqual(mapValues(attribute_types), '=input'), input),
                arrayWithConstant(countEqual(mapValues(attribute_types), '=output'), output),
                arrayWithConstant(countEqual(mapValues(attribute_types), '=system_instructions'), system_instructions),
                arrayWithConstant(countEqual(mapValues(attribute_types), '=tool_definitions'), tool_definitions)
            )
        )),
        attribute_values
    ),
    resource_attributes Map(String, String) CODEC(ZSTD(1)),
    scope_attributes    Map(String, String) CODEC(ZSTD(1)),
    events Nested
    (
        time       DateTime64(9, 'UTC'),
        name       String,
        attributes Map(String, String)
    ) CODEC(ZSTD(1)),
    links Nested
    (
        trace_id    String,
        span_id     String,
        trace_state String,
        attributes  Map(String, String)
    ) CODEC(ZSTD(1)),
    -- What can be searched by `name=value`, wherever the attribute stands; long values are looked for by their words.
    attribute_pairs Array(String) ALIAS arrayFilter(pair -> length(pair) <= 256, arrayConcat(
        arrayMap((name, text) -> concat(name, '=', text), mapKeys(attribute_values), mapValues(attribute_values)),
        arrayMap((name, text) -> concat(name, '=', text), mapKeys(resource_attributes), mapValues(resource_attributes)),
        arrayMap((name, text) -> concat(name, '=', text), mapKeys(scope_attributes), mapValues(scope_attributes)),
        arrayFlatten(arrayMap(
            part -> arrayMap((name, text) -> concat(name, '=', text), mapKeys(part), mapValues(part)),
            arrayConcat(events.attributes, links.attributes)
        ))
    )),
    -- What is searched by words. Its index costs as much as half an insert, so it is built once per finished day. Six hashes:
    -- with three, one rare word in a hundred had its bits among those of common words and was looked for everywhere.
    words String ALIAS lower(concat(
        input, ' ', output, ' ', system_instructions, ' ', status_message, ' ',
        arrayStringConcat(arrayMap(part -> arrayStringConcat(mapValues(part), ' '), events.attributes), ' ')
    )),
    INDEX idx_attribute_pairs attribute_pairs TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_words words TYPE tokenbf_v1(131072, 6, 0) GRANULARITY 5,
    INDEX idx_trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_run_id run_id TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_start_time start_time TYPE minmax GRANULARITY 1,
    INDEX idx_received_at received_at TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(start_time)
PRIMARY KEY (project, toStartOfHour(start_time))
ORDER BY (project, toStartOfHour(start_time), multiIf(conversation_id != '', conversation_id, session_id != '', session_id, run_id), start_time, trace_id, span_id)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, min_bytes_for_wide_part = 268435456, index_granularity_bytes = 2097152, merge_max_block_size_bytes = 2097152, exclude_materialize_skip_indexes_on_merge = 'idx_words';

-- From the id of a run or trace to the times of its spans, so that reading one touches a few granules; for runs also how many
-- rows were stored and when the last of them came in. The kinds of an id are apart: most runs are one trace of the same id,
-- one row; where they are not, a run is its `run and trace` and `run`, a trace its `run and trace` and `trace`. Small granules,
-- since single ids are looked up: fifty of random places read 25 000 rows, not 400 000.
CREATE TABLE IF NOT EXISTS {database}.id_times
(
    project     LowCardinality(String),
    id          String CODEC(ZSTD(1)),
    kind        Enum8('run and trace' = 0, 'run' = 1, 'trace' = 2),
    start       SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    end         SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    received_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    spans       SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (project, id, kind)
SETTINGS index_granularity = 512, non_replicated_deduplication_window = 10000;

-- Not grouped here: the engine makes one row of those with the same key while it sorts the insert.
CREATE MATERIALIZED VIEW IF NOT EXISTS {database}.id_times_from_spans TO {database}.id_times AS
SELECT
    project,
    (arrayJoin(if(run_id = trace_id, [(run_id, 0)], [(run_id, 1), (trace_id, 2)])) AS named).1 AS id,
    CAST(named.2, 'Enum8(\'run and trace\' = 0, \'run\' = 1, \'trace\' = 2)') AS kind,
    start_time AS start,
    start_time AS end,
    received_at,
    toUInt64(1) AS spans
FROM {database}.spans;
