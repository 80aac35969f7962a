import { z } from 'zod';
import { SCORER_NAMES, type ScorerName } from '../evals/eval-case.ts';
import { AGENT_CHARACTERS_MAX } from '../evals/new-case.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, notFound } from './problem.ts';

/** Most cases in one request. */
export const CASES_MAX = 5_000;

export interface AddedCases {
  readonly added: number;
  readonly duplicates: number;
  readonly rejected: readonly { readonly index: number; readonly problems: readonly string[] }[];
}

export interface CaseFromTrace {
  /** Id or unique prefix of a run. */
  readonly run: string;
  /** Default: what the run answered, when its outcome is good. */
  readonly expected?: string;
  readonly scorer?: ScorerName;
  readonly tags?: readonly string[];
  /** Agent the case is for. Default: the run's own; '' = any. */
  readonly agent?: string;
}

export interface EvalRunRequest {
  readonly name?: string;
  /** Only cases with one of these tags. */
  readonly tags?: readonly string[];
  readonly rules: 'active' | 'none' | readonly string[];
}

export interface EvalServices {
  /** Values are checked one by one: good ones are added also when others are not. */
  addCases(project: string, cases: readonly unknown[]): Promise<AddedCases>;
  listCases(project: string): Promise<readonly object[]>;
  /** Throws `LearnerError` `not_found` or `invalid` when no case can be made from the run. */
  addFromTrace(project: string, request: CaseFromTrace): Promise<object>;
  /** Starts an evaluation in the background. Throws `LearnerError` when there are no cases. */
  startRun(project: string, request: EvalRunRequest): Promise<{ readonly id: string }>;
  /** Newest first. */
  listRuns(project: string): Promise<readonly object[]>;
  /** By id or unique prefix, with its results. */
  findRun(project: string, id: string): Promise<object | undefined>;
  /** Pairs results by case. Throws `LearnerError` `not_found` when one is missing. */
  compare(project: string, baseline: string, treatment: string): Promise<object>;
}

const tags = z.array(z.string().min(1).max(100)).max(50).exactOptional();
const scorer = z.enum(SCORER_NAMES).exactOptional();

const newCases = z.object({ cases: z.array(z.unknown()).min(1).max(CASES_MAX) });
const fromTrace: z.ZodType<CaseFromTrace> = z.object({
  run: z.string().min(1),
  expected: z.string().exactOptional(),
  scorer,
  tags,
  agent: z.string().trim().max(AGENT_CHARACTERS_MAX).exactOptional(),
});
const runRequest: z.ZodType<EvalRunRequest> = z.object({
  name: z.string().max(200).exactOptional(),
  tags,
  rules: z
    .union([z.enum(['active', 'none']), z.array(z.string().min(1)).max(1_000)], {
      error: 'expected "active", "none" or a list of at most 1000 rule ids',
    })
    .default('active'),
});
const compareQuery = z.strictObject({ baseline: z.string().min(1), treatment: z.string().min(1) });

/** Eval cases and evaluations. */
export function evalEndpoints(evals: EvalServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/evals/cases',
      summary:
        'Adds cases: {task, expected?, judgePrompt?, input?, scorer?, tags?, agent?}. Known tasks are counted as duplicates.',
      body: newCases,
      redacts: 'all',
      query: NO_QUERY,
      answer: async ({ project, body }) => json(await evals.addCases(project, body.cases)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/evals/cases',
      summary: 'All cases.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json({ cases: await evals.listCases(project) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/evals/cases/from-trace',
      summary: 'Makes a case from a recorded run.',
      body: fromTrace,
      redacts: ['expected', 'tags'],
      query: NO_QUERY,
      answer: async ({ project, body }) => json({ case: await evals.addFromTrace(project, body) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/evals/runs',
      summary: 'Starts an evaluation under a fixed rule set.',
      status: 202,
      body: runRequest,
      redacts: ['name'],
      query: NO_QUERY,
      answer: async ({ project, body }) => json(await evals.startRun(project, body), 202),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/evals/runs',
      summary: 'Evaluations, newest first.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json({ runs: await evals.listRuns(project) }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/evals/runs/{id}',
      summary: 'One evaluation with the result of each case.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const run = await evals.findRun(project, parameter('id'));
        return run === undefined ? notFound(`No evaluation has the id "${parameter('id')}".`) : json(run);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/evals/compare',
      summary: 'Two evaluations, case by case, with the significance of the difference.',
      body: NO_BODY,
      query: compareQuery,
      answer: async ({ project, query }) =>
        json(await evals.compare(project, query.baseline, query.treatment)),
    }),
  ];
}
