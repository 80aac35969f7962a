import { z } from 'zod';
import type { LearnRequest } from '../learn/learn-pass.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, notFound } from './problem.ts';

export interface LearningServices {
  /**
   * Starts a pass in the background. Throws `LearnerError` `conflict` when one is running for this project, `unavailable`
   * when nothing can be learned yet (no model), with what to do.
   */
  start(project: string, request: LearnRequest): Promise<{ readonly id: string }>;
  /** By id or unique prefix. */
  find(project: string, id: string): Promise<object | undefined>;
  /** Newest first. */
  list(project: string): Promise<readonly object[]>;
}

const learnRequest: z.ZodType<LearnRequest> = z.object({
  runsBudget: z.int().min(1).max(1_000_000).exactOptional(),
  seed: z.string().min(1).max(200).exactOptional(),
  alpha: z.number().gt(0).lt(1).exactOptional(),
  control: z.enum(['fwer', 'fdr']).exactOptional(),
  mode: z.enum(['race', 'factorial', 'auto']).exactOptional(),
  criticalTags: z.array(z.string().min(1).max(100)).max(50).exactOptional(),
  sentinel: z.boolean().exactOptional(),
  tokensAddedMax: z.int().min(0).exactOptional(),
  latencyAddedMaxMs: z.int().min(0).exactOptional(),
  costAddedMaxUsd: z.number().min(0).exactOptional(),
  replays: z.boolean().exactOptional(),
  maxRuns: z.int().min(1).max(10_000).exactOptional(),
  candidatesMax: z.int().min(1).max(10_000).exactOptional(),
  validates: z.boolean().exactOptional(),
});

/** Learning passes: started here, followed by polling. */
export function learningEndpoints(learning: LearningServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/learn',
      summary: 'Starts a learning pass; 409 when one is running for the project.',
      status: 202,
      body: learnRequest,
      query: NO_QUERY,
      answer: async ({ project, body }) => json(await learning.start(project, body), 202),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/learn',
      summary: 'Learning passes, newest first.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json({ passes: await learning.list(project) }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/learn/{id}',
      summary: 'One learning pass: its phase, what it found, or why it failed.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const pass = await learning.find(project, parameter('id'));
        return pass === undefined
          ? notFound(`No learning pass has the id "${parameter('id')}".`)
          : json(pass);
      },
    }),
  ];
}
