-- The append-only history of knowledge. Current knowledge is a projection of it, held in memory.
-- Sequence numbers run from 1 without gaps per project; each hash covers the entry and the hash before it.
CREATE TABLE IF NOT EXISTS {database}.knowledge_log
(
    project       LowCardinality(String),
    sequence      UInt64,
    id            String,
    type          LowCardinality(String),
    rule_id       String CODEC(ZSTD(1)),
    at            DateTime64(3, 'UTC'),
    actor         String,
    data          String CODEC(ZSTD(1)),
    previous_hash String,
    hash          String
)
ENGINE = MergeTree
ORDER BY (project, sequence)
SETTINGS non_replicated_deduplication_window = 10000;

-- Words of recorded runs that rules quote and whom the runs were for, apart from the log, which holds their seals (SHA-256
-- over salt, principal and quote): so they can be erased, and the chain still verifies.
CREATE TABLE IF NOT EXISTS {database}.evidence_quotes
(
    project   LowCardinality(String),
    event_id  String,
    seal      String,
    salt      String,
    principal String,
    run_id    String CODEC(ZSTD(1)),
    trace_id  String CODEC(ZSTD(1)),
    quote     String CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (project, event_id, seal)
SETTINGS non_replicated_deduplication_window = 10000;
