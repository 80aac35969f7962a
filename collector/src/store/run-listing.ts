import { runConditions } from './conditions.ts';
import { listRuns, NEWEST_RUN, RUN_CONDITIONS } from './queries.ts';
import type { NewestStarts } from './newest-starts.ts';
import { runSummary, type RunRow } from './row-views.ts';
import type { Ask } from './ask.ts';
import type { RunFilter } from './run-filter.ts';
import type { RunSummary } from './store.ts';
import { engineMs, engineTime, fromIso } from './time-text.ts';

export const RUNS_PER_PAGE_MAX = 500;
export const RUNS_PER_PAGE = 50;

const HOUR_MS = 3_600_000;
/** A page is looked for in the last hour before the newest run, then day, then month, then everywhere. */
const WINDOWS_MS: readonly number[] = [HOUR_MS, 24 * HOUR_MS, 30 * 24 * HOUR_MS];
/** Beyond every clock: the column's largest whole year. */
export const END_OF_TIME = '2262-01-01 00:00:00';

/**
 * Newest runs first. A list has no time bound of its own, and one row per run means merging revisions; so one window after the
 * other is looked through, each wider than the one before and beginning where that ended, until the page is full.
 */
export function runListing(ask: Ask, remembered: NewestStarts): (filter: RunFilter) => Promise<RunSummary[]> {
  return async (filter) => {
    const limit = Math.max(1, Math.min(filter.limit ?? RUNS_PER_PAGE, RUNS_PER_PAGE_MAX));
    const { sql: conditions, parameters } = runConditions(filter);
    const { project, startedAfterMs = 0 } = filter;
    const before = endOf(filter);

    const page: RunSummary[] = [];
    let readFromMs: number | undefined;
    /** Reads on, down to this time. Resolves with whether that was all that is wanted. */
    const readDownTo = async (sinceMs: number): Promise<boolean> => {
      const since = { notBefore: engineTime(sinceMs) };
      const upTo = readFromMs === undefined ? undefined : { before: engineTime(readFromMs) };
      const narrowed = [
        ...conditions,
        RUN_CONDITIONS.notBefore,
        ...(upTo === undefined ? [] : [RUN_CONDITIONS.before]),
      ];
      const bound = { ...parameters, ...since, ...upTo, limit: limit - page.length };
      const rows = await ask<RunRow>(listRuns(narrowed), bound);
      // An earlier span may have moved a run from the window before into this one meanwhile.
      page.push(...rows.filter((row) => !page.some(({ runId }) => runId === row.run_id)).map(runSummary));
      readFromMs = sinceMs;
      return page.length === limit || startedAfterMs > sinceMs;
    };

    // Where the page before ended, or the newest run was a moment ago, will do to begin with: newer ones are found with it.
    const beginMs = before === undefined ? remembered.of(project) : engineMs(before);
    if (beginMs !== undefined && (await readDownTo(beginMs - HOUR_MS))) return page;
    const [newest] = await ask<{ start: string }>(NEWEST_RUN, { project, before: before ?? END_OF_TIME });
    if (newest === undefined) return page;
    const newestMs = engineMs(newest.start);
    if (before === undefined) remembered.note(project, newestMs);
    for (const sinceMs of [...WINDOWS_MS.map((windowMs) => newestMs - windowMs), 0]) {
      if (readFromMs !== undefined && sinceMs >= readFromMs) continue;
      if (await readDownTo(sinceMs)) return page;
    }
    return page;
  };
}

/** Where the list has to end, when that is known. In the engine's form. */
function endOf({ after, startedBeforeMs }: RunFilter): string | undefined {
  const ends = [
    ...(after === undefined ? [] : [fromIso(after.startTime)]),
    ...(startedBeforeMs === undefined ? [] : [engineTime(startedBeforeMs)]),
  ];
  return ends.sort()[0];
}
