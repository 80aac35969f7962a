import { encodeRows, type Row, type SqlDriver, type Table } from '@tracelore/collector/store';
import type { NewId } from '../ids.ts';
import type { Clock } from './clock.ts';
import type { TrialPlace, TrialResult, TrialSpec } from './trial-runner.ts';

/** Columns as in `store/schema/004_trials.sql` and `009_trial_design.sql`. */
export const TRIALS: Table = {
  name: 'trials',
  columns: {
    project: 'LowCardinality(String)',
    group_id: 'String',
    trial_id: 'String',
    purpose: 'LowCardinality(String)',
    case_id: 'String',
    rules: 'Array(String)',
    state: 'LowCardinality(String)',
    score: 'Nullable(Float64)',
    output: 'String',
    error: 'String',
    reason: 'String',
    runner: 'LowCardinality(String)',
    attempts: 'UInt8',
    trace_id: 'String',
    duration_ms: 'Float64',
    phase: 'LowCardinality(String)',
    candidate: 'String',
    coins: 'Array(String)',
    period: 'UInt8',
    pass: 'UInt16',
    block: 'String',
    round: 'UInt32',
    position: 'UInt32',
    pair: 'UInt32',
    created_at: "DateTime64(3, 'UTC')",
    finished_at: "DateTime64(3, 'UTC')",
  },
};

/** Characters of an output or an error that are stored. */
export const STORED_CHARACTERS_MAX = 20_000;
/** Rows wait at most this long for company, ms. One insert costs about the same for 1 row and for 500. */
const COMMIT_AFTER_MS = 1_000;
/** So many rows are written at once. */
const COMMIT_ROWS = 500;
/** Rows kept while the store cannot take them; beyond it the oldest are dropped. Verdicts do not depend on them. */
const WAITING_ROWS_MAX = 20_000;

/** A finished trial. */
export interface TrialRecord {
  readonly project: string;
  readonly trialId: string;
  readonly spec: TrialSpec;
  readonly result: TrialResult;
  readonly runner: string;
  readonly attempts: number;
  readonly traceId: string;
  readonly createdAt: Date;
  readonly finishedAt: Date;
}

/** Keeps finished trials. Rows are written in groups; whoever needs them stored awaits `flush`. */
export interface TrialLog {
  add(record: TrialRecord): void;
  /** Resolves when everything added so far is stored; rejects with the store's error, and the rows are kept for the next try. */
  flush(): Promise<void>;
}

export function createTrialLog(options: {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly clock: Clock;
  readonly newId: NewId;
}): TrialLog {
  const table: Table = { ...TRIALS, name: `${options.database}.${TRIALS.name}` };
  let waiting: TrialRecord[] = [];
  let takeBack: (() => void) | undefined;
  let running: Promise<void> = Promise.resolve();

  async function commit(): Promise<void> {
    takeBack?.();
    takeBack = undefined;
    while (waiting.length > 0) {
      const rows = waiting.slice(0, COMMIT_ROWS);
      await options.driver.insert(encodeRows(table, rows.map(encodeTrial), `trials:${options.newId()}`));
      waiting = waiting.slice(rows.length);
    }
  }

  function flush(): Promise<void> {
    running = running.catch(() => undefined).then(commit);
    return running;
  }

  return {
    add(record) {
      if (waiting.length >= WAITING_ROWS_MAX) waiting.shift();
      waiting.push(record);
      if (waiting.length >= COMMIT_ROWS) {
        // Who needs the rows awaits flush() and sees the error there; the rows are kept until then.
        flush().catch(() => undefined);
      } else {
        takeBack ??= options.clock.after(COMMIT_AFTER_MS, () => {
          takeBack = undefined;
          flush().catch(() => undefined);
        });
      }
    },
    flush,
  };
}

const NO_PLACE: Omit<TrialPlace, 'phase'> = {
  candidate: '',
  coins: [],
  period: 0,
  pass: 0,
  block: '',
  round: 0,
  position: 0,
  pair: 0,
};

function encodeTrial(record: TrialRecord): Row {
  const { result, spec } = record;
  const isScored = result.kind === 'scored';
  return {
    project: record.project,
    group_id: spec.group,
    trial_id: record.trialId,
    purpose: spec.purpose,
    case_id: spec.caseId,
    rules: spec.rules,
    state: result.kind,
    score: isScored ? result.score : null,
    output: isScored ? result.output.slice(0, STORED_CHARACTERS_MAX) : '',
    error: isScored ? result.error.slice(0, STORED_CHARACTERS_MAX) : '',
    reason: isScored ? '' : result.reason,
    runner: record.runner,
    attempts: record.attempts,
    trace_id: record.traceId,
    duration_ms: isScored ? result.durationMs : 0,
    phase: '',
    ...NO_PLACE,
    ...spec.place,
    created_at: record.createdAt,
    finished_at: record.finishedAt,
  };
}
