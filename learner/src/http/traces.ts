import { RUN_STATES, type RunSummary, type TraceReader } from '@tracelore/collector/store';
import { z } from 'zod';
import { FRESH_WAIT_MAX_MS, type Freshness } from '../freshness.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, notFound, problem } from './problem.ts';

/** Most runs on a page, and most spans of one run in an answer. */
export const PAGE_RUNS_MAX = 500;
export const RUN_SPANS_MAX = 10_000;

const OUTCOMES = ['passed', 'failed', 'none'] as const;

const listQuery = z.strictObject({
  state: z.enum(RUN_STATES).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  agent: z.string().optional(),
  conversation: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_RUNS_MAX).default(50),
  /** `next` of the page before. */
  after: z.string().max(200).optional(),
});

/** Runs and their spans. `fresh` lets readers see what was received a moment ago. */
export function traceEndpoints(store: TraceReader, fresh: Freshness): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/traces',
      summary: 'Runs, newest first; `next` is the `after` of the next page.',
      body: NO_BODY,
      query: listQuery,
      answer: async ({ project, query }) => {
        const after = query.after === undefined ? undefined : decodeCursor(query.after);
        if (after === null) {
          const detail = 'after: expected the `next` of an earlier page.';
          return problem({ status: 400, code: 'invalid_request', detail, errors: [detail] });
        }
        await fresh();
        const runs = await store.listRuns({
          project,
          limit: query.limit,
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
          ...(query.agent === undefined ? {} : { agent: query.agent }),
          ...(query.conversation === undefined ? {} : { conversationId: query.conversation }),
          ...(after === undefined ? {} : { after }),
        });
        const last = runs.at(-1);
        const next = last === undefined || runs.length < query.limit ? {} : { next: encodeCursor(last) };
        return json({ runs, ...next });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/traces/{run}',
      summary: 'One run with its spans and outcomes, by id or unique prefix.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        await fresh();
        const find = (): Promise<RunSummary | undefined> => store.findRun(project, parameter('run'));
        // Under load, or just after a restart, a run that is stored is not listed yet.
        const run = (await find()) ?? (await fresh(FRESH_WAIT_MAX_MS).then(find));
        if (run === undefined) return notFound(`No run has an id that starts with "${parameter('run')}".`);
        const [spans, outcomes] = await Promise.all([
          store.readRun(project, run.runId, { limit: RUN_SPANS_MAX }),
          store.outcomesOf(project, [run.runId]),
        ]);
        return json({ run, spans, outcomes: outcomes.get(run.runId) ?? [] });
      },
    }),
  ];
}

interface Cursor {
  readonly startTime: string;
  readonly runId: string;
}

function encodeCursor({ startTime, runId }: Cursor): string {
  return Buffer.from(JSON.stringify([startTime, runId])).toString('base64url');
}

const cursor = z.tuple([z.string(), z.string()]);

/** `null` when it is none of ours. */
function decodeCursor(text: string): Cursor | null {
  try {
    const [startTime, runId] = cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { startTime, runId };
  } catch {
    return null;
  }
}
