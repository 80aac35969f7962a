-- Tasks with what is expected of the agent. Append-only; a case keeps its id for life, since results refer to it.
CREATE TABLE IF NOT EXISTS {database}.eval_cases
(
    project       LowCardinality(String),
    case_id       String,
    task          String CODEC(ZSTD(1)),
    input         String CODEC(ZSTD(1)),
    expected      String CODEC(ZSTD(1)),
    judge_prompt  String CODEC(ZSTD(1)),
    scorer        LowCardinality(String),
    tags          Array(LowCardinality(String)),
    source        LowCardinality(String),
    source_run_id String,
    created_at    DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(created_at)
ORDER BY (project, case_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- One evaluation of all (or some) cases under a fixed rule set. The highest revision is the truth.
CREATE TABLE IF NOT EXISTS {database}.eval_runs
(
    project     LowCardinality(String),
    eval_run_id String,
    revision    UInt64,
    name        String,
    tags        Array(LowCardinality(String)),
    rule_set    LowCardinality(String),
    rules       Array(String),
    state       LowCardinality(String),
    error       String,
    cases       UInt32,
    passed      UInt32,
    failed      UInt32,
    void        UInt32,
    score       Nullable(Float64),
    started_at  DateTime64(3, 'UTC'),
    finished_at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (project, eval_run_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Result of one case in one evaluation. `score` is NULL when there is no judgement; `reason` says why.
CREATE TABLE IF NOT EXISTS {database}.eval_results
(
    project     LowCardinality(String),
    eval_run_id String,
    case_id     String,
    trial_id    String,
    score       Nullable(Float64),
    output      String CODEC(ZSTD(1)),
    error       String CODEC(ZSTD(1)),
    reason      String,
    duration_ms Float64,
    at          DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (project, eval_run_id, case_id)
SETTINGS non_replicated_deduplication_window = 10000;
