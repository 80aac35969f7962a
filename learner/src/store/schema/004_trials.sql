-- Every offline run of an agent on an eval case under a stated rule set: the raw material of verdicts and evaluations.
CREATE TABLE IF NOT EXISTS {database}.trials
(
    project     LowCardinality(String),
    group_id    String,
    trial_id    String,
    purpose     LowCardinality(String),
    case_id     String,
    rules       Array(String),
    state       LowCardinality(String),
    score       Nullable(Float64),
    output      String CODEC(ZSTD(1)),
    error       String CODEC(ZSTD(1)),
    reason      String,
    runner      LowCardinality(String),
    attempts    UInt8,
    trace_id    String,
    duration_ms Float64,
    created_at  DateTime64(3, 'UTC'),
    finished_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(finished_at)
ORDER BY (project, group_id, finished_at, trial_id)
SETTINGS non_replicated_deduplication_window = 10000;
