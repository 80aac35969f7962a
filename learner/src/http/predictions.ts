import type { PredictionReport } from '../reports/prediction-report.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** How good the predictions of lessons were. */
export function predictionEndpoints(report: (project: string) => Promise<PredictionReport>): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/reports/predictions',
      summary:
        'What lessons predicted, fixes and risks, beside what trials showed and production counts. Nothing is decided upon it.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json(await report(project)),
    }),
  ];
}
