import { z } from 'zod';
import { GENERATED_MAX, PATTERN_CHARACTERS_MAX, type CaseGenerator } from '../evals/generate-cases.ts';
import type { PromoteRequest } from '../evals/promote-runs.ts';
import { endpoint, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

export interface GeneratedCaseServices extends CaseGenerator {
  /** Makes cases of runs that went well. */
  promote(project: string, request: PromoteRequest): Promise<number>;
}

const count = z.int().min(1).max(GENERATED_MAX);
const promotion = z.object({
  minConfidence: z.number().min(0).max(1).exactOptional(),
  limit: count.exactOptional(),
});
const variations = z.object({ count: count.default(20) });
const failures = z.object({
  pattern: z.string().trim().min(1).max(PATTERN_CHARACTERS_MAX),
  count: count.default(10),
});

/** Eval cases that nobody writes by hand. Each answers with the number of new ones. */
export function generatedCaseEndpoints(services: GeneratedCaseServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/evals/cases/promote',
      summary: 'Makes cases of runs that went well: their task, and their own answer as what is expected.',
      body: promotion,
      query: NO_QUERY,
      answer: async ({ project, body }) => json({ added: await services.promote(project, body) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/evals/cases/synthetic',
      summary: 'A model writes variations of tasks that went well; a judge decides about their answers.',
      body: variations,
      query: NO_QUERY,
      answer: async ({ project, body }) => json({ added: await services.synthetic(project, body.count) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/evals/cases/from-failures',
      summary: 'A model writes tasks that try one kind of failure.',
      body: failures,
      redacts: ['pattern'],
      query: NO_QUERY,
      answer: async ({ project, body }) =>
        json({ added: await services.fromFailures(project, body.pattern, body.count) }),
    }),
  ];
}
