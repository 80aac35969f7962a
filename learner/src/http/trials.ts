import type { TrialLease, TrialLeaseRequest, TrialReport } from '@tracelore/sdk/contract';
import { z } from 'zod';
import { endpoint, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** Longest long-poll for trials, ms; a request that asks for more waits this long. */
export const LEASE_WAIT_MAX_MS = 25_000;
/** Most trials in one lease; a request for more gets this many. */
export const LEASE_TRIALS_MAX = 100;
/** Longest output of a trial, characters. */
const OUTPUT_CHARACTERS_MAX = 2_097_152;
/** Divergences that a replay may tell of, and characters of one. */
const DIVERGENCES_MAX = 100;
const DIVERGENCE_CHARACTERS_MAX = 10_000;

export interface TrialServices {
  /** Waits for work up to `waitMs`; no trials when none came. Ends early when the signal fires. */
  lease(project: string, request: TrialLeaseRequest, signal: AbortSignal): Promise<readonly TrialLease[]>;
  /** False when the lease is not this runner's or has expired: the report is ignored. */
  report(project: string, report: TrialReport): Promise<boolean>;
}

const leaseRequest: z.ZodType<TrialLeaseRequest> = z.object({
  runner: z.string().min(1).max(200),
  agent: z.string().max(200).exactOptional(),
  project: z.string().exactOptional(),
  max: z
    .int()
    .min(1)
    .transform((count) => Math.min(count, LEASE_TRIALS_MAX)),
  waitMs: z
    .number()
    .min(0)
    .transform((ms) => Math.min(ms, LEASE_WAIT_MAX_MS)),
});

const report = z
  .object({
    trial: z.string().min(1),
    runner: z.string().min(1).max(200),
    output: z.string().max(OUTPUT_CHARACTERS_MAX).exactOptional(),
    error: z.string().max(OUTPUT_CHARACTERS_MAX).exactOptional(),
    score: z.number().min(0).max(1).exactOptional(),
    traceId: z.string().max(64).exactOptional(),
    durationMs: z.number().min(0),
    replay: z
      .object({
        answered: z.int().min(0),
        divergences: z.array(z.string().max(DIVERGENCE_CHARACTERS_MAX)).max(DIVERGENCES_MAX),
      })
      .exactOptional(),
  })
  .refine(({ output, error }) => (output === undefined) !== (error === undefined), {
    error: 'expected exactly one of output and error',
  }) satisfies z.ZodType<TrialReport>;

/**
 * Hands trials to the processes that run the user's agent, and takes what came of them. `ending` answers those who wait,
 * so that the service need not wait for them.
 */
export function trialEndpoints(trials: TrialServices, ending: AbortSignal): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/trials/lease',
      summary: 'A runner asks for trials; the answer waits until there are some or the time is over.',
      body: leaseRequest,
      query: NO_QUERY,
      answer: async ({ project, body, signal }) =>
        json({ trials: await trials.lease(project, body, AbortSignal.any([signal, ending])) }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/trials/report',
      summary: 'A runner reports what the agent answered.',
      body: report,
      redacts: ['output', 'error'],
      query: NO_QUERY,
      answer: async ({ project, body }) => json({ accepted: await trials.report(project, body) }),
    }),
  ];
}
