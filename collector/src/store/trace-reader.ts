import type { SqlDriver } from './driver.ts';
import { COUNT_RUNS, inDatabase, OUTCOMES_OF_RUNS, RUN_BY_ID, RUNS_BY_PREFIX } from './queries.ts';
import { newestStarts } from './newest-starts.ts';
import { runListing } from './run-listing.ts';
import { runSearch } from './run-search.ts';
import { runSummary, type RunRow } from './row-views.ts';
import type { Ask } from './ask.ts';
import { runSpans } from './run-spans.ts';
import { runTimes } from './run-times.ts';
import { OUTCOMES_PER_RUN_MAX } from './run-writer.ts';
import type { RunCounts, RunSummary, StoredOutcome, TraceReader } from './store.ts';
import { StoreError } from './store-error.ts';
import { byTrust, passedOf, type SummaryOutcome } from './summarise-run.ts';

export const RUN_PREFIX_CHARACTERS_MIN = 4;
const AMBIGUOUS_SHOWN_MAX = 5;
/** Runs per query when outcomes of many runs are read. */
const RUNS_PER_QUERY = 500;

export function traceReader(driver: SqlDriver, database: string): TraceReader {
  const ask: Ask = async (query, parameters, options) =>
    await driver.query(inDatabase(query, database), { ...options, parameters });

  const newest = newestStarts();
  const timesOf = runTimes(ask);

  const summaryOf = async (project: string, run: string): Promise<RunSummary | undefined> => {
    const times = await timesOf(project, run);
    const [row] = times === undefined ? [] : await ask<RunRow>(RUN_BY_ID, { project, run, ...times });
    return row === undefined ? undefined : runSummary(row);
  };

  return {
    listRuns: runListing(ask, newest),

    searchRuns: runSearch(ask, newest),

    async findRun(project, idOrPrefix) {
      const exact = await summaryOf(project, idOrPrefix);
      if (exact !== undefined) return exact;
      if (idOrPrefix.length < RUN_PREFIX_CHARACTERS_MIN) return undefined;
      const limit = AMBIGUOUS_SHOWN_MAX + 1;
      const found = await ask<{ run_id: string }>(RUNS_BY_PREFIX, { project, prefix: idOrPrefix, limit });
      const [run, another] = found.map((row) => row.run_id);
      // One that bears the whole id has spans, but no row yet.
      if (run === undefined || run === idOrPrefix) return undefined;
      if (another !== undefined) throw ambiguous(idOrPrefix, found);
      return await summaryOf(project, run);
    },

    ...runSpans(ask, timesOf),

    async outcomesOf(project, runIds): Promise<Map<string, StoredOutcome[]>> {
      const found = new Map<string, StoredOutcome[]>();
      for (let from = 0; from < runIds.length; from += RUNS_PER_QUERY) {
        const runs = runIds.slice(from, from + RUNS_PER_QUERY);
        const rows = await ask<SummaryOutcome>(OUTCOMES_OF_RUNS, {
          project,
          runs,
          outcomesMax: OUTCOMES_PER_RUN_MAX,
        });
        for (const [run, ofRun] of Map.groupBy(rows, (row) => row.run_id)) {
          found.set(run, byTrust(ofRun).map(storedOutcome));
        }
      }
      return found;
    },

    async countRuns(project): Promise<RunCounts> {
      const [row] = await ask<Record<keyof RunCounts, string>>(COUNT_RUNS, { project });
      return {
        total: Number(row?.total ?? 0),
        passed: Number(row?.passed ?? 0),
        failed: Number(row?.failed ?? 0),
        undecided: Number(row?.undecided ?? 0),
        unanalysed: Number(row?.unanalysed ?? 0),
      };
    },
  };
}

function storedOutcome(row: SummaryOutcome): StoredOutcome {
  return { source: row.source, score: row.score, passed: passedOf(row), comment: row.comment };
}

function ambiguous(prefix: string, found: readonly { readonly run_id: string }[]): StoreError {
  const shown = found.slice(0, AMBIGUOUS_SHOWN_MAX).map((run) => run.run_id);
  const more = found.length > AMBIGUOUS_SHOWN_MAX ? ', …' : '';
  return new StoreError(
    'ambiguous',
    `${prefix} begins several runs, give more characters: ${shown.join(', ')}${more}`,
  );
}
