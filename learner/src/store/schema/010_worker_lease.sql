-- Which process learns and writes knowledge: claims and renewals, by the clock of the server. The newest row of a holder
-- says what it does; rows older than a lease say nothing. `space` names the set of processes in which `pid` is one.
CREATE TABLE IF NOT EXISTS {database}.worker_lease
(
    name     LowCardinality(String),
    holder   String,
    sequence UInt64,
    kind     LowCardinality(String),
    place    String,
    space    String,
    pid      UInt32,
    at       DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (name, at)
TTL toDateTime(at) + INTERVAL 1 DAY
SETTINGS non_replicated_deduplication_window = 10000;
