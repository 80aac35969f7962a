import { decodeOutcome, type Outcome } from '@tracelore/sdk/contract';
import { z } from 'zod';
import type { NewId } from '../ids.ts';
import { endpoint, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, problem } from './problem.ts';

/** Most outcomes in one request. */
export const OUTCOMES_MAX = 500;

export interface OutcomeServices {
  /** Resolves when the outcomes are stored and their runs are up to date. */
  readonly recordOutcomes: (project: string, outcomes: readonly Outcome[]) => Promise<void>;
  readonly newId: NewId;
}

const body = z.union([z.array(z.unknown()).max(OUTCOMES_MAX), z.record(z.string(), z.unknown())]);

/** Takes judgements about runs. The good ones are stored also when others in the request are not. */
export function outcomeEndpoints({ recordOutcomes, newId }: OutcomeServices): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/v1/outcomes',
      summary: `Records one outcome or up to ${OUTCOMES_MAX}; the same id again counts once.`,
      body,
      redacts: 'all',
      query: NO_QUERY,
      answer: async ({ project, body: given }) => {
        const decoded = (Array.isArray(given) ? given : [given]).map((value) => decodeOutcome(value, newId));
        const outcomes = decoded.flatMap((result) => (result.ok ? [result.value] : []));
        const rejected = decoded.flatMap((result, index) =>
          result.ok ? [] : [{ index, problems: result.problems }],
        );
        if (outcomes.length === 0 && rejected.length > 0) {
          const errors = rejected.flatMap(({ problems }) => problems);
          const detail = `No outcome was recorded: ${errors.join('; ')}.`;
          return problem({ status: 422, code: 'invalid', detail, errors });
        }
        await recordOutcomes(project, outcomes);
        return json({ recorded: outcomes.length, rejected });
      },
    }),
  ];
}
