-- Secrets that must outlive a restart: the same secret gives the same coins and the same fences. The oldest row of a
-- name counts, so that two processes that start together agree.
CREATE TABLE IF NOT EXISTS {database}.learner_secrets
(
    name  String,
    value String,
    at    DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (name, at)
SETTINGS non_replicated_deduplication_window = 10000;
