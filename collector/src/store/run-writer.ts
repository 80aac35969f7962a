import { createHash } from 'node:crypto';
import type { SqlDriver } from './driver.ts';
import { encodeRows, type Row } from './encode-rows.ts';
import {
  inDatabase,
  OUTCOMES_OF_RUNS,
  REVISIONS,
  RUN_TIMES,
  SPANS_TO_SUMMARISE,
  STALE_RUNS,
} from './queries.ts';
import { StoreError } from './store-error.ts';
import type { RunWriter } from './store.ts';
import { ABANDONED_AFTER_MS, type SummaryOutcome, type SummarySpan, summariseRun } from './summarise-run.ts';
import { RUNS } from './tables.ts';

/**
 * Runs that are asked for together. A question reads all that came between the first and the last of them: with a tenth of
 * these, run rows cost four times as much, more than all the rest of ingest.
 */
const RUNS_PER_REFRESH = 500;
/** Spans, or outcomes, in memory at a time. Where there are more, half of the runs are taken at a time. */
const ROWS_PER_REFRESH_MAX = 250_000;
/** Spans of one run that its row is made from, earliest first; a longer run's row covers these. */
export const SPANS_PER_SUMMARY_MAX = 5_000;
/** Outcomes of one run that are considered. */
export const OUTCOMES_PER_RUN_MAX = 1_000;
/** How far back `stale` looks from the newest span, unless told, ms. */
const STALE_MS = 172_800_000;
const STALE_MEMORY_BYTES_MAX = 2 * 1024 ** 3;
const STALE_TIMEOUT_MS = 120_000;
/** The engine's word for a result above `rowsMax`. */
const TOO_MANY_ROWS = 'TOO_MANY_ROWS_OR_BYTES';
const NANOS_PER_HOUR = 3_600_000_000_000n;

interface Times {
  readonly run_id: string;
  readonly first: string;
  readonly last: string;
}

interface Revision {
  readonly run_id: string;
  readonly revision: string;
  readonly start: string;
}

/** `rowsMax`: for tests. One run must stay below it. */
export function runWriter(
  driver: SqlDriver,
  database: string,
  rowsMax: number = ROWS_PER_REFRESH_MAX,
): RunWriter {
  const ask = async <T>(
    query: string,
    parameters: Record<string, string | number | string[]>,
  ): Promise<T[]> => await driver.query<T>(inDatabase(query, database), { parameters, rowsMax });

  const refreshSome = async (project: string, runs: readonly string[], now: number): Promise<void> => {
    const asked = { project, runs: [...runs] };
    const times = await ask<Times>(RUN_TIMES, asked);
    if (times.length === 0) return; // outcomes of runs that were never seen
    const range = {
      ...asked,
      first: times.map((time) => time.first).reduce((a, b) => (a < b ? a : b)),
      last: times.map((time) => time.last).reduce((a, b) => (a > b ? a : b)),
    };
    const [spans, outcomes, revisions] = await Promise.all([
      ask<SummarySpan>(SPANS_TO_SUMMARISE, { ...range, spansMax: SPANS_PER_SUMMARY_MAX }),
      ask<SummaryOutcome>(OUTCOMES_OF_RUNS, { ...asked, outcomesMax: OUTCOMES_PER_RUN_MAX }),
      ask<Revision>(REVISIONS, range),
    ]);
    const outcomesOf = Map.groupBy(outcomes, (outcome) => outcome.run_id);
    const revisionsOf = Map.groupBy(revisions, (revision) => revision.run_id);
    const rows: Row[] = [];
    for (const [runId, ofRun] of Map.groupBy(spans, (span) => span.run_id)) {
      const [first, ...rest] = ofRun;
      if (first === undefined) continue;
      const before = revisionsOf.get(runId) ?? [];
      const revision = nextRevision(before, now);
      const row = summariseRun(project, [first, ...rest], outcomesOf.get(runId) ?? [], revision, now);
      rows.push(row, ...withdrawn(row, before, BigInt(first.start)));
    }
    const encoded = encodeRows(RUNS, rows, '');
    const hash = createHash('sha256');
    for (const chunk of encoded.chunks) hash.update(chunk);
    await driver.insert({ ...encoded, token: hash.digest('hex') });
  };

  const refreshAll = async (project: string, runs: readonly string[], now: number): Promise<void> => {
    try {
      await refreshSome(project, runs, now);
    } catch (error) {
      if (runs.length === 1 || !StoreError.isInstance(error) || error.code !== TOO_MANY_ROWS) throw error;
      const half = Math.ceil(runs.length / 2);
      await refreshAll(project, runs.slice(0, half), now);
      await refreshAll(project, runs.slice(half), now);
    }
  };

  return {
    async refresh(runs, now) {
      for (const [project, ofProject] of Map.groupBy(runs, (run) => run.project)) {
        const ids = [...new Set(ofProject.map((run) => run.runId))];
        for (let from = 0; from < ids.length; from += RUNS_PER_REFRESH) {
          await refreshAll(project, ids.slice(from, from + RUNS_PER_REFRESH), now);
        }
      }
    },
    async stale(limit, withinMs = STALE_MS) {
      const rows = await driver.query<{ project: string; run_id: string }>(inDatabase(STALE_RUNS, database), {
        parameters: {
          limit,
          seconds: Math.ceil(withinMs / 1_000),
          abandonedBefore: Date.now() - ABANDONED_AFTER_MS,
        },
        timeoutMs: STALE_TIMEOUT_MS,
        memoryBytesMax: STALE_MEMORY_BYTES_MAX,
      });
      return rows.map(({ project, run_id: runId }) => ({ project, runId }));
    },
  };
}

/** Above every earlier revision, and in step with the clock so that two writers rarely make the same. */
function nextRevision(before: readonly Revision[], now: number): bigint {
  return before.reduce((highest, { revision }) => {
    const next = BigInt(revision) + 1n;
    return next > highest ? next : highest;
  }, BigInt(now));
}

/** Rows under keys the run no longer has, because an earlier span moved its start into another hour. */
function withdrawn(row: Row, before: readonly Revision[], start: bigint): Row[] {
  return before
    .filter((revision) => BigInt(revision.start) / NANOS_PER_HOUR !== start / NANOS_PER_HOUR)
    .map((revision) => ({ ...row, start_time: BigInt(revision.start), is_deleted: 1 }));
}
