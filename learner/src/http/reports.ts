import { z } from 'zod';
import type { KnowledgeReports } from '../reports/knowledge-reports.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

const replay = z.object({ expected: z.string().min(1).max(200_000).exactOptional() });

/** What the knowledge does, what it costs, and which of it a failed run was given. */
export function reportEndpoints(reports: KnowledgeReports): Endpoint[] {
  const report = (name: string, summary: string, make: (project: string) => Promise<object>): Endpoint =>
    endpoint({
      method: 'GET',
      path: `/v1/reports/${name}`,
      summary,
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project }) => json(await make(project)),
    });

  return [
    report(
      'audit',
      'How the rules in force are doing: by their hold-outs, and beside it the confounded rate of the units that got them.',
      (project) => reports.audit(project),
    ),
    report(
      'lift',
      'What all knowledge together changes against the units that got none, and each rule against those it was withheld from.',
      (project) => reports.abReport(project),
    ),
    report(
      'cost',
      'What an extra success costs: learner, trials and longer prompts per success gained.',
      (project) => reports.cost(project),
    ),
    endpoint({
      method: 'GET',
      path: '/v1/traces/{run}/blame',
      summary:
        'The rules a run was given, most suspicious first, and what came of replays. Suspicion, never proof.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => json(await reports.blame(project, parameter('run'))),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/traces/{run}/blame',
      summary:
        "Starts replays of a run's task without each rule it was given; needs a runner. GET tells what came of them.",
      status: 202,
      body: replay,
      query: NO_QUERY,
      answer: async ({ project, parameter, body }) =>
        json(await reports.replay(project, parameter('run'), body), 202),
    }),
  ];
}
