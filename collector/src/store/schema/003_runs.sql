-- One row per run and revision: the narrow table behind every list. Recomputed from the spans of a touched run;
-- the highest revision is the truth (read with FINAL). Token totals count leaf model calls, each once. When an
-- earlier span moves a run into another hour, its row under the old key gets a revision with is_deleted = 1.
CREATE TABLE IF NOT EXISTS {database}.runs
(
    project            LowCardinality(String),
    run_id             String CODEC(ZSTD(1)),
    revision           UInt64,
    trace_id           String CODEC(ZSTD(1)),
    root_span_id       String CODEC(ZSTD(1)),
    trial_id           String CODEC(ZSTD(1)),
    name               String CODEC(ZSTD(1)),
    service            LowCardinality(String),
    environment        LowCardinality(String),
    agent              LowCardinality(String),
    state              LowCardinality(String),
    status             LowCardinality(String),
    error_type         LowCardinality(String),
    start_time         DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns        UInt64 CODEC(T64, ZSTD(1)),
    spans              UInt32,
    errors             UInt32,
    model_calls        UInt32,
    tool_calls         UInt32,
    models             Array(LowCardinality(String)),
    input_tokens       Nullable(UInt64),
    output_tokens      Nullable(UInt64),
    model_tokens       Map(LowCardinality(String), UInt64), -- input and output
    -- USD over the same calls as the tokens; unpriced_calls are those of them whose cost nobody knows.
    cost               Nullable(Decimal64(9)),
    model_costs        Map(LowCardinality(String), Decimal64(9)),
    unpriced_calls     UInt32,
    conversation_id    String CODEC(ZSTD(1)),
    session_id         String CODEC(ZSTD(1)),
    user_id            String CODEC(ZSTD(1)),
    tags               Array(LowCardinality(String)),
    fingerprint        LowCardinality(String),
    knowledge_snapshot Nullable(UInt64),
    knowledge_arm      LowCardinality(String),
    knowledge_items    Array(LowCardinality(String)),
    outcome_source     LowCardinality(String),
    outcome_score      Nullable(Float64),
    outcome_passed     Nullable(Bool),
    outcome_comment    String CODEC(ZSTD(1)),
    -- Newest received_at among the spans and outcomes that this revision has seen.
    seen_at            DateTime64(3, 'UTC'),
    updated_at         DateTime64(3, 'UTC'),
    is_deleted         UInt8
)
ENGINE = ReplacingMergeTree(revision, is_deleted)
PARTITION BY toDate(start_time)
ORDER BY (project, toStartOfHour(start_time), run_id)
SETTINGS index_granularity = 1024, ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;

-- Which runs a learning pass has analysed, so that no run is analysed twice.
CREATE TABLE IF NOT EXISTS {database}.analyses
(
    project  LowCardinality(String),
    run_id   String CODEC(ZSTD(1)),
    learn_id String CODEC(ZSTD(1)),
    result   LowCardinality(String),
    -- How it failed: equal for failures of one kind.
    signature String CODEC(ZSTD(1)),
    at       DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (project, run_id)
SETTINGS non_replicated_deduplication_window = 10000;
