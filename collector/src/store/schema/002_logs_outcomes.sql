-- Every OTLP log record that was answered 200.
CREATE TABLE IF NOT EXISTS {database}.logs
(
    project             LowCardinality(String),
    time                DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    trace_id            String CODEC(ZSTD(1)),
    span_id             String CODEC(ZSTD(1)),
    flags               UInt32,
    severity_number     UInt8,
    severity_text       LowCardinality(String),
    service             LowCardinality(String),
    event_name          LowCardinality(String),
    body                String CODEC(ZSTD(1)),
    scope_name          String CODEC(ZSTD(1)),
    scope_version       String CODEC(ZSTD(1)),
    attributes          Map(String, String) CODEC(ZSTD(1)),
    resource_attributes Map(String, String) CODEC(ZSTD(1)),
    scope_attributes    Map(String, String) CODEC(ZSTD(1)),
    received_at         DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    words String ALIAS lower(concat(body, ' ', arrayStringConcat(mapValues(attributes), ' '))),
    INDEX idx_words words TYPE tokenbf_v1(131072, 6, 0) GRANULARITY 1,
    INDEX idx_trace_id trace_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(time)
ORDER BY (project, toStartOfMinute(time), trace_id, span_id)
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000, min_bytes_for_wide_part = 268435456, exclude_materialize_skip_indexes_on_merge = 'idx_words';

-- Which finished days of `spans` and `logs` have their words indexed, by a hash of what merges change of their parts.
CREATE TABLE IF NOT EXISTS {database}.indexed_days
(
    table_name LowCardinality(String),
    day        String,
    parts      UInt64,
    at         DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (table_name, day)
SETTINGS non_replicated_deduplication_window = 10000;

-- Judgements about runs. The same outcome id recorded twice is one outcome: readers take one row per id.
CREATE TABLE IF NOT EXISTS {database}.outcomes
(
    project     LowCardinality(String),
    run_id      String CODEC(ZSTD(1)),
    outcome_id  String CODEC(ZSTD(1)),
    trace_id    String CODEC(ZSTD(1)),
    span_id     String CODEC(ZSTD(1)),
    name        LowCardinality(String),
    source      LowCardinality(String),
    score       Nullable(Float64),
    passed      Nullable(Bool),
    comment     String CODEC(ZSTD(1)),
    time        DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (project, run_id, outcome_id)
SETTINGS index_granularity = 512, non_replicated_deduplication_window = 10000;
