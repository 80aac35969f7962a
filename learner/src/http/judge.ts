import type { SignalReport } from '../signals/signal-report.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

/** How far judges and users can be believed. */
export function judgeEndpoints(report: (project: string) => Promise<SignalReport>): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/judge',
      summary:
        'How often each source of outcomes was right where a more trusted one spoke, which of them decide, and lifts with their errors taken out.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json(await report(project)),
    }),
  ];
}
