-- The agent an eval case is for; '' = any.
ALTER TABLE {database}.eval_cases ADD COLUMN IF NOT EXISTS agent LowCardinality(String) AFTER source_run_id;

-- Place of a trial in the plan of its validation cycle: a verdict is recomputed from these columns and the score.
ALTER TABLE {database}.trials
    ADD COLUMN IF NOT EXISTS phase     LowCardinality(String),
    ADD COLUMN IF NOT EXISTS candidate String,
    ADD COLUMN IF NOT EXISTS coins     Array(String),
    ADD COLUMN IF NOT EXISTS period    UInt8,
    ADD COLUMN IF NOT EXISTS pass      UInt16,
    ADD COLUMN IF NOT EXISTS block     String,
    ADD COLUMN IF NOT EXISTS round     UInt32,
    ADD COLUMN IF NOT EXISTS position  UInt32,
    ADD COLUMN IF NOT EXISTS pair      UInt32;
