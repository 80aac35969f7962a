import { z } from 'zod';
import type { DecisionRecord } from '../injectors/rule-set.ts';
import type { RecomputedCycle } from '../validators/recompute.ts';
import type { CycleReport } from '../validators/validator.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, notFound } from './problem.ts';

/** What was decided, and on what grounds. */
export interface RecordServices {
  /** Newest first; with a rule only cycles that judged it. */
  readonly cycles: (project: string, ruleId?: string) => Promise<readonly CycleReport[]>;
  /** By the id of a cycle, or of a rule: then the newest that judged it. */
  readonly cycle: (project: string, id: string) => Promise<CycleReport | undefined>;
  /** Makes the verdicts of a cycle again from its stored trials. */
  readonly recompute: (project: string, cycleId: string) => Promise<RecomputedCycle | undefined>;
  readonly decision: (project: string, id: string) => Promise<DecisionRecord | undefined>;
}

/** Verdicts about rules, and decisions about answers. */
export function recordEndpoints(records: RecordServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/verdicts',
      summary: 'Validation cycles, newest first; with `rule` those that judged it.',
      body: NO_BODY,
      query: z.strictObject({ rule: z.string().optional() }),
      answer: async ({ project, query }) => json({ cycles: await records.cycles(project, query.rule) }),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/verdicts/{id}',
      summary: 'One validation cycle with every number behind it, by its id or that of a rule it judged.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const cycle = await records.cycle(project, parameter('id'));
        return cycle === undefined
          ? notFound(`No validation cycle has the id "${parameter('id')}".`)
          : json(cycle);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/verdicts/{id}/recomputed',
      summary: 'The verdicts of a cycle made again from its stored trials and seed, and every difference.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const recomputed = await records.recompute(project, parameter('id'));
        return recomputed === undefined
          ? notFound(`No validation cycle has the id "${parameter('id')}".`)
          : json(recomputed);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/decisions/{id}',
      summary: 'The record of one knowledge answer: what was eligible, the coins, what was injected.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async ({ project, parameter }) => {
        const decision = await records.decision(project, parameter('id'));
        return decision === undefined
          ? notFound(`No decision has the id "${parameter('id')}".`)
          : json(decision);
      },
    }),
  ];
}
