import { StoreError, type RunSummary, type TraceReader } from '@tracelore/collector/store';
import { z } from 'zod';
import type { Freshness } from '../freshness.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, notFound, problem } from './problem.ts';
import { cursorAt, encodeCursor, runListQuery } from './trace-query.ts';

/** Most spans of one run in an answer: so many come without their content. */
export const RUN_SPANS_MAX = 10_000;

const runQuery = z.strictObject({
  /** How much of their content spans come with: all, the beginnings of texts, or nothing. */
  content: z.enum(['full', 'preview', 'none']).default('full'),
  limit: z.coerce.number().int().min(1).max(RUN_SPANS_MAX).optional(),
  /** `next` of the page before. */
  offset: z.coerce.number().int().min(0).default(0),
});

/** Runs and their spans. `fresh` lets readers see what was received a moment ago. */
export function traceEndpoints(store: TraceReader, fresh: Freshness): Endpoint[] {
  /** By id or unique prefix; with what is read by a whole id at the same time. */
  const find = async <Parts>(
    project: string,
    id: string,
    read: (runId: string) => Promise<Parts>,
  ): Promise<{ run: RunSummary; parts: Parts } | undefined> => {
    const look = async (): Promise<{ run: RunSummary; parts: Parts } | undefined> => {
      const [run, parts] = await Promise.all([store.findRun(project, id), read(id)]);
      return run && { run, parts: run.runId === id ? parts : await read(run.runId) };
    };
    await fresh();
    // Under load, or just after a restart, a run that is stored is not listed yet.
    return (await look()) ?? (await fresh().then(look));
  };
  return [
    endpoint({
      method: 'GET',
      path: '/v1/traces',
      summary:
        'Runs, newest first, as the parameters say of the run and of one of its spans; `next` is the `after` of the next page.',
      body: NO_BODY,
      query: runListQuery,
      answer: async ({ project, query }) => {
        await fresh();
        const { run, span } = query;
        if (span !== undefined) return await found(store, { ...run, project, span }, query.limit);
        const runs = await store.listRuns({ ...run, project });
        const last = runs.length < query.limit ? undefined : runs.at(-1);
        return json({ runs, ...(last && { next: encodeCursor(last) }) });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/traces/{run}',
      summary:
        'One run with its spans and outcomes, by id or unique prefix; `next` is the `offset` of its next spans.',
      body: NO_BODY,
      query: runQuery,
      answer: async ({ project, parameter, query }) => {
        const { limit, ...page } = query;
        const hit = await find(project, parameter('run'), (runId) =>
          Promise.all([
            store.readSpans(project, runId, { ...page, ...(limit === undefined ? {} : { limit }) }),
            store.outcomesOf(project, [runId]),
          ]),
        );
        if (hit === undefined) return noRun(parameter('run'));
        const [spans, outcomes] = hit.parts;
        return json({ run: hit.run, ...spans, outcomes: outcomes.get(hit.run.runId) ?? [] });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/traces/{run}/spans/{span}',
      summary: 'One span of a run with all its content.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const hit = await find(project, parameter('run'), (runId) =>
          store.readSpan(project, runId, parameter('span')),
        );
        if (hit === undefined) return noRun(parameter('run'));
        return hit.parts === undefined
          ? notFound(`Run ${hit.run.runId} has no span "${parameter('span')}".`)
          : json({ span: hit.parts });
      },
    }),
  ];
}

function noRun(id: string): Response {
  return notFound(`No run has an id that starts with "${id}".`);
}

/** A page of a search. `searchedTo` says that time ran out there: `next` goes on. */
async function found(
  store: TraceReader,
  search: Parameters<TraceReader['searchRuns']>[0],
  limit: number,
): Promise<Response> {
  try {
    const { runs, searchedTo } = await store.searchRuns(search);
    if (searchedTo !== undefined) return json({ runs, searchedTo, next: encodeCursor(cursorAt(searchedTo)) });
    const last = runs.length < limit ? undefined : runs.at(-1);
    return json({ runs, ...(last && { next: encodeCursor(last) }) });
  } catch (error) {
    if (!(StoreError.isInstance(error) && error.code === 'TIMEOUT_EXCEEDED')) throw error;
    const detail =
      'The search took too long for the newest runs alone: name a shorter time or more about the span.';
    return problem({ status: 422, code: 'search_too_wide', detail });
  }
}
