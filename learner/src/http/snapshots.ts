import { z } from 'zod';
import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { diffKnowledge } from '../knowledge/knowledge-diff.ts';
import { isInForce } from '../knowledge/restore-plan.ts';
import { actor, reason, refused, REMARKS } from './change-answer.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json } from './problem.ts';

const newSnapshot = z.object({ actor, reason, tag: z.string().max(64).optional() });
const restoring = z.object({ actor, reason });
const diffQuery = z.strictObject({ to: z.string().max(100).default('now') });

/**
 * Positions of the knowledge log: marked, looked at, compared and restored. `{at}` is a tag, a position, a time, or `now`.
 */
export function snapshotEndpoints(knowledge: (project: string) => KnowledgeBase): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/snapshots',
      summary: 'Marked positions of the knowledge log, newest first; `position` is where the log ends now.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: ({ project }) => {
        const base = knowledge(project);
        return json({ snapshots: base.snapshots().toReversed(), position: base.snapshot() });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/snapshots',
      summary:
        'Marks the knowledge as it is, with a tag if wanted, to compare with it and to come back to it.',
      status: 201,
      body: newSnapshot,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, body: { actor: by, tag, reason: why = '' }, about }) => {
        const taken = await knowledge(project).takeSnapshot({
          actor: by,
          reason: why,
          ...(tag === undefined ? {} : { tag }),
        });
        if (!taken.ok) return refused(taken);
        about({ object: String(taken.snapshot.position) });
        return json({ snapshot: taken.snapshot }, 201);
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/snapshots/{at}',
      summary: 'The rules that were in force at a tag, a position or a time, told from the log alone.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: ({ project, parameter }) => {
        const base = knowledge(project);
        const named = base.positionOf(parameter('at'));
        if (!named.ok) return refused(named);
        return json({ position: named.position, items: base.rulesAt(named.position).filter(isInForce) });
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/snapshots/{at}/diff',
      summary: 'What became of the rules from there to `to`, which is now if nothing is said.',
      body: NO_BODY,
      query: diffQuery,
      answer: ({ project, parameter, query }) => {
        const base = knowledge(project);
        const from = base.positionOf(parameter('at'));
        if (!from.ok) return refused(from);
        const to = base.positionOf(query.to);
        if (!to.ok) return refused(to);
        const differences = diffKnowledge(base.rulesAt(from.position), base.rulesAt(to.position));
        return json({ from: from.position, to: to.position, differences });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/snapshots/{at}/restore',
      summary:
        'Brings back what was in force there, by events that say so: nothing is deleted. `keptBack` says what did not come back as it was.',
      body: restoring,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, parameter, body: { actor: by, reason: why }, about }) => {
        const reference = parameter('at');
        const restored = await knowledge(project).restore(reference, by, why ?? `restored by ${by}`);
        if (!restored.ok) return refused(restored);
        const { ok: _done, ...report } = restored;
        about({ detail: `position ${report.from}, ${report.changed.length} rules changed` });
        return json(report);
      },
    }),
  ];
}
