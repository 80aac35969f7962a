import { listRuns, NEWEST_RUN, RUN_CONDITIONS } from './queries.ts';
import { runSummary, type RunRow } from './row-views.ts';
import type { Ask } from './run-spans.ts';
import type { RunFilter, RunSummary } from './store.ts';
import { fromIso } from './time-text.ts';

export const RUNS_PER_PAGE_MAX = 500;
const RUNS_PER_PAGE = 50;

/** A page is looked for in the last hour before the newest run, then day, then month, then everywhere. */
const WINDOWS_MS: readonly number[] = [3_600_000, 86_400_000, 30 * 86_400_000];
/** Beyond every clock: the column's largest whole year. */
const END_OF_TIME = '2262-01-01 00:00:00';

/**
 * Newest runs first. A list has no time bound of its own, and one row per run means merging revisions; so the window
 * widens until the page is full, and a full page costs what lies in its window.
 */
export function runListing(ask: Ask): (filter: RunFilter) => Promise<RunSummary[]> {
  return async (filter) => {
    const limit = Math.max(1, Math.min(filter.limit ?? RUNS_PER_PAGE, RUNS_PER_PAGE_MAX));
    const { conditions, parameters } = conditionsOf(filter);
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

function conditionsOf(filter: RunFilter): {
  conditions: string[];
  parameters: Record<string, string | number>;
} {
  const given: [string, Record<string, string | number>][] = [];
  if (filter.state !== undefined) given.push([RUN_CONDITIONS.state, { state: filter.state }]);
  if (filter.agent !== undefined) given.push([RUN_CONDITIONS.agent, { agent: filter.agent }]);
  if (filter.conversationId !== undefined) {
    given.push([RUN_CONDITIONS.conversationId, { conversation: filter.conversationId }]);
  }
  if (filter.outcome !== undefined) given.push([RUN_CONDITIONS[filter.outcome], {}]);
  if (filter.startedAfterMs !== undefined) {
    given.push([RUN_CONDITIONS.startedAfter, { startedAfter: Math.trunc(filter.startedAfterMs) }]);
  }
  if (filter.startedBeforeMs !== undefined) {
    given.push([RUN_CONDITIONS.startedBefore, { startedBefore: Math.trunc(filter.startedBeforeMs) }]);
  }
  if (filter.includeTrials !== true) given.push([RUN_CONDITIONS.noTrials, {}]);
  if (filter.unanalysed === true) given.push([RUN_CONDITIONS.unanalysed, {}]);
  if (filter.after !== undefined) {
    const bound = { afterTime: fromIso(filter.after.startTime), afterRun: filter.after.runId };
    given.push([RUN_CONDITIONS.afterBound, bound], [RUN_CONDITIONS.after, bound]);
  }
  return {
    conditions: given.map(([condition]) => condition),
    parameters: Object.assign({ project: filter.project }, ...given.map(([, bound]) => bound)),
  };
}
