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
