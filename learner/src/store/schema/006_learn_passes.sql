-- One learning pass: what it looked at, what it proposed, what became of it. The highest revision is the truth; `pass` is
-- the whole record as JSON.
CREATE TABLE IF NOT EXISTS {database}.learn_passes
(
    project       LowCardinality(String),
    learn_id      String,
    revision      UInt64,
    state         LowCardinality(String),
    phase         LowCardinality(String),
    error         String,
    runs_selected UInt32,
    runs_analysed UInt32,
    candidates    UInt32,
    promoted      UInt32,
    cycle_id      String,
    input_tokens  UInt64,
    output_tokens UInt64,
    started_at    DateTime64(3, 'UTC'),
    finished_at   Nullable(DateTime64(3, 'UTC')),
    pass          String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (project, learn_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Failed runs that taught a rule, when it was written down or again later: support, not new text.
CREATE TABLE IF NOT EXISTS {database}.rule_support
(
    project   LowCardinality(String),
    rule_id   String,
    run_id    String,
    principal String,
    learn_id  String,
    evidence  String CODEC(ZSTD(1)),
    at        DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (project, rule_id, run_id)
SETTINGS non_replicated_deduplication_window = 10000;
