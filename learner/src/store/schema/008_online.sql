-- The epoch of each rule's coin: which randomised experiment a decision belongs to. Parallel to `rules`; '' = no coin.
ALTER TABLE {database}.decisions ADD COLUMN IF NOT EXISTS epochs Array(LowCardinality(String)) AFTER injected;

-- What production said about a rule, one row per unit: each (rule, epoch, unit) is consumed once, in order of `position`.
-- A watched rule's state follows from these rows alone. `rule_id` '' is the whole layer, measured by the global hold-out.
CREATE TABLE IF NOT EXISTS {database}.online_units
(
    project     LowCardinality(String),
    rule_id     LowCardinality(String),
    epoch       LowCardinality(String),
    position    UInt32,
    fingerprint LowCardinality(String),
    unit        String CODEC(ZSTD(1)),
    injected    Bool,
    propensity  Float64,
    outcome     Nullable(Float64),
    source      LowCardinality(String),
    -- Pseudonym of the user whose vote the outcome is; '' = it is nobody's vote.
    voter       String CODEC(ZSTD(1)),
    stage       LowCardinality(String),
    decided_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    closed_at   DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    INDEX idx_unit unit TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (project, rule_id, epoch, position)
SETTINGS non_replicated_deduplication_window = 10000;

-- State of each watched rule after `position` units, as JSON: a shortcut past the rows of online_units. The numbers beside
-- it are for people.
CREATE TABLE IF NOT EXISTS {database}.online_watches
(
    project       LowCardinality(String),
    rule_id       LowCardinality(String),
    epoch         LowCardinality(String),
    position      UInt32,
    fingerprint   LowCardinality(String),
    stage         LowCardinality(String),
    log_e_harm    Float64,
    log_e_benefit Float64,
    at            DateTime64(3, 'UTC'),
    watch         String CODEC(ZSTD(3))
)
ENGINE = ReplacingMergeTree(position)
ORDER BY (project, rule_id, epoch)
SETTINGS non_replicated_deduplication_window = 10000;
