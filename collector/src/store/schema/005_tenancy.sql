-- Projects that somebody set up by making a key for them. Data of a project needs no row here.
CREATE TABLE IF NOT EXISTS {database}.projects
(
    project    LowCardinality(String),
    created_at DateTime64(3, 'UTC'),
    created_by String
)
ENGINE = ReplacingMergeTree
ORDER BY project
SETTINGS non_replicated_deduplication_window = 10000;

-- API keys as they were made; rows never change. `digest` is SHA-256 of the key, hex: the key itself is nowhere.
-- Project '*' = all projects.
CREATE TABLE IF NOT EXISTS {database}.api_keys
(
    project    LowCardinality(String),
    key_id     String,
    digest     String,
    name       String,
    scopes     Array(LowCardinality(String)),
    created_at DateTime64(3, 'UTC'),
    created_by String,
    expires_at Nullable(DateTime64(3, 'UTC'))
)
ENGINE = MergeTree
ORDER BY (project, key_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- When keys end before they expire: the earliest row of a key counts, so that nothing written later can revive it.
CREATE TABLE IF NOT EXISTS {database}.api_key_ends
(
    project  LowCardinality(String),
    key_id   String,
    ends_at  DateTime64(3, 'UTC'),
    cause    LowCardinality(String),
    ended_by String,
    at       DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (project, key_id, at)
SETTINGS non_replicated_deduplication_window = 10000;

-- When a key was last used, to the minute.
CREATE TABLE IF NOT EXISTS {database}.api_key_uses
(
    project LowCardinality(String),
    key_id  String,
    used_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(used_at)
ORDER BY (project, key_id)
SETTINGS non_replicated_deduplication_window = 10000;

-- Who did what to a project. Project '*' = the service as a whole. `object` names no person: subjects stand as a digest.
CREATE TABLE IF NOT EXISTS {database}.audit_log
(
    project LowCardinality(String),
    at      DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    id      String CODEC(ZSTD(1)),
    action  LowCardinality(String),
    object  String CODEC(ZSTD(1)),
    result  LowCardinality(String),
    key_id  LowCardinality(String),
    actor   String CODEC(ZSTD(1)),
    address String CODEC(ZSTD(1)),
    detail  String CODEC(ZSTD(1))
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (project, at, id)
SETTINGS non_replicated_deduplication_window = 10000;
