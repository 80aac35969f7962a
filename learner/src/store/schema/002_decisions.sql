-- One immutable row per get_knowledge answer: what was eligible, what was injected, and with which probability.
-- The arrays run in parallel, one place per selected rule.
CREATE TABLE IF NOT EXISTS {database}.decisions
(
    project      LowCardinality(String),
    decision_id  String CODEC(ZSTD(1)),
    at           DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    unit         String CODEC(ZSTD(1)),
    agent        LowCardinality(String),
    run_id       String CODEC(ZSTD(1)),
    trial_id     String CODEC(ZSTD(1)),
    snapshot     UInt64,
    fingerprint  LowCardinality(String),
    task_hash    String CODEC(ZSTD(1)),
    arm          LowCardinality(String),
    best_cosine  Nullable(Float64),
    rules        Array(LowCardinality(String)),
    ranks        Array(UInt16),
    propensities Array(Float64),
    coins        Array(Float64),
    injected     Array(Bool),
    INDEX idx_decision_id decision_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toDate(at)
ORDER BY (project, toStartOfHour(at), decision_id)
TTL toDateTime(at) + INTERVAL 180 DAY
SETTINGS ttl_only_drop_parts = 1, non_replicated_deduplication_window = 10000;
