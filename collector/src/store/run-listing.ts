import { runConditions } from './conditions.ts';
import { listRuns, NEWEST_RUN, RUN_CONDITIONS } from './queries.ts';
import { runSummary, type RunRow } from './row-views.ts';
import type { Ask } from './run-spans.ts';
import type { RunFilter } from './run-filter.ts';
import type { RunSummary } from './store.ts';
import { fromIso } from './time-text.ts';

export const RUNS_PER_PAGE_MAX = 500;
export const RUNS_PER_PAGE = 50;

/** A page is looked for in the last hour before the newest run, then day, then month, then everywhere. */
const WINDOWS_MS: readonly number[] = [3_600_000, 86_400_000, 30 * 86_400_000];
/** Beyond every clock: the column's largest whole year. */
export const END_OF_TIME = '2262-01-01 00:00:00';

/**
 * Newest runs first. A list has no time bound of its own, and one row per run means merging revisions; so the window
 * widens until the page is full, and a full page costs what lies in its window.
 */
export function runListing(ask: Ask): (filter: RunFilter) => Promise<RunSummary[]> {
  return async (filter) => {
    const limit = Math.max(1, Math.min(filter.limit ?? RUNS_PER_PAGE, RUNS_PER_PAGE_MAX));
    const { sql: conditions, parameters } = runConditions(filter);
    const before = filter.after === undefined ? END_OF_TIME : fromIso(filter.after.startTime);
    const [newest] = await ask<{ start: string }>(NEWEST_RUN, { project: filter.project, before });
    if (newest === undefined) return [];
    const newestMs = Date.parse(`${newest.start.slice(0, 23).replace(' ', 'T')}Z`);
    for (const windowMs of WINDOWS_MS) {
      const notBefore = fromIso(new Date(newestMs - windowMs).toISOString());
      const page = await ask<RunRow>(listRuns([...conditions, RUN_CONDITIONS.notBefore]), {
        ...parameters,
        limit,
        notBefore,
      });
      if (page.length === limit) return page.map(runSummary);
      if (filter.startedAfterMs !== undefined && filter.startedAfterMs > newestMs - windowMs) {
        return page.map(runSummary);
      }
    }
    const page = await ask<RunRow>(listRuns(conditions), { ...parameters, limit });
    return page.map(runSummary);
  };
}
