import { createHash } from 'node:crypto';
import { distinctSpans } from './distinct-spans.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRowsInTurns, type Row } from './encode-rows.ts';
import { inDatabase, OUTCOMES_OF_RUNS, REVISIONS, RUNS_TO_SUMMARISE } from './queries.ts';
import type { RecentRun, RecentRuns } from './recent-runs.ts';
import { spansOf } from './run-heads.ts';
import { staleRuns } from './stale-runs.ts';
import type { RunWriter } from './store.ts';
import { groupsOf, rangeOf, readSpansOf, type RunTimes } from './stored-run-spans.ts';
import { newestReceived, type SummaryOutcome, type SummarySpan, summariseRun } from './summarise-run.ts';
import { RUNS } from './tables.ts';
import { Turns } from '../turns.ts';

/** Runs that are asked for together. A question reads all that came between the first and the last of them. */
const RUNS_PER_REFRESH = 500;
/** Rows of spans that are read back at a time; of one run there may be more. */
const ROWS_PER_READ_MAX = 50_000;
/** Outcomes of one run that are considered. */
export const OUTCOMES_PER_RUN_MAX = 1_000;
const NANOS_PER_HOUR = 3_600_000_000_000n;
/** `2026-11-02 12` of the engine's text of a time. */
const HOUR_CHARACTERS = 13;

interface Revision {
  readonly run_id: string;
  readonly revision: string;
  readonly start: string;
}

/** A run whose spans are all in memory. */
interface HeldRun {
  readonly times: RunTimes;
  readonly run: RecentRun;
  readonly spans: SummarySpan[];
}

export interface RunWriterParts {
  readonly driver: SqlDriver;
  readonly database: string;
  readonly recent: RecentRuns;
  /** For tests. Default {@link ROWS_PER_READ_MAX}. */
  readonly rowsPerRead?: number;
}

/**
 * Makes rows of `runs` from the spans in memory where these are all that the store has of a run, else from the spans in the
 * store. Outcomes always come from the store.
 */
export function runWriter({
  driver,
  database,
  recent,
  rowsPerRead = ROWS_PER_READ_MAX,
}: RunWriterParts): RunWriter {
  const ask = async <T>(
    query: string,
    parameters: Record<string, string | number | string[]>,
  ): Promise<T[]> => await driver.query<T>(inDatabase(query, database), { parameters });

  const refreshSome = async (project: string, runs: string[], now: number): Promise<void> => {
    // Before the question: what comes in meanwhile must not be taken for what is counted.
    const held = new Map(runs.flatMap((id) => heldRows(id, recent.find(project, id))));
    const times = await ask<RunTimes>(RUNS_TO_SUMMARISE, { project, runs });
    if (times.length === 0) return; // outcomes of runs that were never seen
    const outcomesOf = await readOutcomesOf(project, times);
    const turns = new Turns();
    const whole: HeldRun[] = [];
    for await (const time of turns.through(times)) whole.push(...wholeRun(time, held.get(time.run_id)));
    const wholeIds = new Set(whole.map(({ times: { run_id } }) => run_id));
    const rest = times.filter((time) => !wholeIds.has(time.run_id));
    const foreign = [
      ...rest,
      ...whole.map((run) => run.times).filter((time) => spansHours(time) || time.judged === 1),
    ];
    const revisions =
      foreign.length === 0 ? [] : await ask<Revision>(REVISIONS, { project, ...rangeOf(foreign) });
    const revisionsOf = Map.groupBy(revisions, (revision) => revision.run_id);

    const rows: Row[] = [];
    const summarise = (runId: string, spans: SummarySpan[], atLeast: bigint): Row | undefined => {
      const [first, ...others] = spans;
      if (first === undefined) return undefined;
      const before = revisionsOf.get(runId) ?? [];
      const revision = nextRevision(before, atLeast);
      const row = summariseRun(project, [first, ...others], outcomesOf.get(runId) ?? [], revision, now);
      rows.push(row, ...withdrawn(row, before, BigInt(first.start)));
      return row;
    };
    const made: { readonly run: RecentRun; readonly row: Row | undefined }[] = [];
    for await (const { times: time, run, spans } of turns.through(whole)) {
      const atLeast = run.revision >= BigInt(now) ? run.revision + 1n : BigInt(now);
      made.push({ run, row: summarise(time.run_id, spans, atLeast) });
    }
    for (const group of groupsOf(rest, rowsPerRead)) {
      const found = await readSpansOf(driver, database, project, group);
      for await (const [runId, spans] of turns.through(found)) summarise(runId, spans, BigInt(now));
    }
    await insert(rows);
    for (const { run, row } of made) {
      if (row?.['state'] === 'open' && typeof row['revision'] === 'bigint') run.revision = row['revision'];
      else recent.forget(run);
    }
    for (const { run_id } of rest) {
      const kept = held.get(run_id);
      // Unless more came meanwhile, there is a part of it that will never be here.
      if (kept !== undefined && kept.run.rows === kept.rows) recent.forget(kept.run);
    }
  };

  const readOutcomesOf = async (
    project: string,
    times: readonly RunTimes[],
  ): Promise<Map<string, SummaryOutcome[]>> => {
    const runs = times.filter(({ judged }) => judged === 1).map((time) => time.run_id);
    if (runs.length === 0) return new Map();
    const asked = { project, runs, outcomesMax: OUTCOMES_PER_RUN_MAX };
    return Map.groupBy(await ask<SummaryOutcome>(OUTCOMES_OF_RUNS, asked), (outcome) => outcome.run_id);
  };

  const insert = async (rows: readonly Row[]): Promise<void> => {
    if (rows.length === 0) return;
    const encoded = await encodeRowsInTurns(RUNS, rows, '');
    const hash = createHash('sha256');
    for (const chunk of encoded.chunks) hash.update(chunk);
    await driver.insert({ ...encoded, token: hash.digest('hex') });
  };

  return {
    async refresh(runs, now) {
      for (const [project, ofProject] of Map.groupBy(runs, (run) => run.project)) {
        const ids = [...new Set(ofProject.map((run) => run.runId))];
        for (let from = 0; from < ids.length; from += RUNS_PER_REFRESH)
          await refreshSome(project, ids.slice(from, from + RUNS_PER_REFRESH), now);
      }
    },
    stale: (limit, withinMs) => staleRuns(driver, database, limit, withinMs),
  };
}

interface HeldRows {
  readonly run: RecentRun;
  /** At the time of the question. */
  readonly rows: number;
}

function heldRows(runId: string, run: RecentRun | undefined): [string, HeldRows][] {
  return run === undefined ? [] : [[runId, { run, rows: run.rows }]];
}

/**
 * The run if all its rows are in memory. Those in memory are in the store, each once; so they are all if the store has as many.
 * The newest must have come in at the same time: a request that an earlier process stored, and this one was sent again, did not.
 */
function wholeRun(times: RunTimes, held: HeldRows | undefined): HeldRun[] {
  if (held === undefined || held.rows !== Number(times.rows) || held.run.rows !== held.rows) return [];
  const { run } = held;
  const rows = run.pieces.flatMap(spansOf);
  return newestReceived(rows) === Number(times.received) ? [{ times, run, spans: distinctSpans(rows) }] : [];
}

/** Whether a row of the run may stand under the key of another hour. */
function spansHours({ first, last }: RunTimes): boolean {
  return first.slice(0, HOUR_CHARACTERS) !== last.slice(0, HOUR_CHARACTERS);
}

/** Above every earlier revision, and in step with the clock so that two writers rarely make the same. */
function nextRevision(before: readonly Revision[], atLeast: bigint): bigint {
  return before.reduce((highest, { revision }) => {
    const next = BigInt(revision) + 1n;
    return next > highest ? next : highest;
  }, atLeast);
}

/** Rows under keys the run no longer has, because an earlier span moved its start into another hour. */
function withdrawn(row: Row, before: readonly Revision[], start: bigint): Row[] {
  return before
    .filter((revision) => BigInt(revision.start) / NANOS_PER_HOUR !== start / NANOS_PER_HOUR)
    .map((revision) => ({ ...row, start_time: BigInt(revision.start), is_deleted: 1 }));
}
