-- One validation cycle: the bound it promises and what it cost. `report` is the whole report as JSON.
CREATE TABLE IF NOT EXISTS {database}.cycles
(
    project     LowCardinality(String),
    cycle_id    String,
    started_at  DateTime64(3, 'UTC'),
    finished_at DateTime64(3, 'UTC'),
    control     LowCardinality(String),
    alpha       Float64,
    candidates  UInt32,
    promoted    UInt32,
    bound       String,
    runs_budget UInt32,
    runs_used   UInt32,
    icc         Nullable(Float64),
    seed        String,
    fingerprint String,
    report      String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(finished_at)
ORDER BY (project, cycle_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- What a cycle found out about one candidate. Lifts are in score units, [-1, 1].
CREATE TABLE IF NOT EXISTS {database}.candidate_reports
(
    project          LowCardinality(String),
    cycle_id         String,
    rule_id          String,
    rule_version     UInt32,
    status           LowCardinality(String),
    reason           String,
    pairs            UInt32,
    gains            UInt32,
    losses           UInt32,
    void_baseline    UInt32,
    void_treatment   UInt32,
    log_e            Float64,
    log_e_threshold  Float64,
    anytime_p        Float64,
    triggered_tasks  UInt32,
    coverage         Float64,
    lift_provisional Float64,
    lift_confirmed   Nullable(Float64),
    lift_low         Float64,
    lift_high        Float64,
    runs_treatment   UInt32,
    runs_baseline    UInt32,
    runs_confirm     UInt32,
    at               DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (project, rule_id, cycle_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- How far a model that compares answers agreed with checks, once per project and model. The oldest row counts.
CREATE TABLE IF NOT EXISTS {database}.pairwise_audits
(
    project    LowCardinality(String),
    judge      LowCardinality(String),
    pairs      UInt32,
    agreed     UInt32,
    may_decide Bool,
    at         DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (project, judge, at)
SETTINGS non_replicated_deduplication_window = 10000;
