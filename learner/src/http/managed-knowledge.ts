import { z } from 'zod';
import type { KnowledgeBase, KnowledgeEvent } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { Rule } from '../knowledge/rule.ts';
import type { StoredAnalyses } from '../learn/records/analysis-log.ts';
import { principalOf } from '../safety/principal.ts';
import { actor, changed, reason, refused, REMARKS } from './change-answer.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, problem } from './problem.ts';

const expiry = z.object({
  actor,
  reason,
  /** Absent = by the default again. */
  expiresAt: z.iso.datetime({ offset: true }).optional(),
});

const purge = z
  .strictObject({
    project: z.string().exactOptional(),
    actor,
    reason: z.string().trim().min(1).max(1_000),
    user: z.string().min(1).max(1_024).optional(),
    author: z.string().min(1).max(100).optional(),
    dryRun: z.boolean().default(false),
  })
  .refine(({ user, author }) => (user === undefined) !== (author === undefined), {
    error: 'expected either user (the user.id of runs) or author (who wrote rules down)',
  });

export interface ManagedKnowledgeServices {
  readonly knowledge: (project: string) => KnowledgeBase;
  /** Runs that taught rules again. */
  readonly support: Pick<StoredAnalyses, 'support' | 'forgetSupport'>;
  readonly now: () => Date;
}

/** What people do about rules besides deciding on them one by one. */
export function managedKnowledgeEndpoints({ knowledge, support, now }: ManagedKnowledgeServices): Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/v1/knowledge/{id}/history',
      summary: 'Everything that happened to a rule, with its text in every version; by id or unique prefix.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: ({ project, parameter }) => {
        const base = knowledge(project);
        const found = base.find(parameter('id'));
        if (!found.ok) return refused(found);
        const { id, version } = found.rule;
        return json({ ruleId: id, version, events: base.history(id).map(told) });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/knowledge/{id}/expiry',
      summary:
        'Says when a live rule ends by itself: then it is a candidate again. Without a time: by the default.',
      body: expiry,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, parameter, body }) => {
        const { actor: by, expiresAt, reason: why = `set by ${by}` } = body;
        if (expiresAt !== undefined && Date.parse(expiresAt) <= now().getTime()) {
          const detail = `expiresAt: expected a time to come, got ${expiresAt}; to end a rule now, deprecate it.`;
          return problem({ status: 422, code: 'invalid', detail });
        }
        const end = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
        return changed(await knowledge(project).setExpiry(parameter('id'), by, end, why));
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/quarantine',
      summary: 'Rules that are held back for a person, with the reason, longest waiting first.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: ({ project }) => {
        const base = knowledge(project);
        const held = base
          .list({ quarantined: true })
          .filter(({ status }) => status !== 'archived' && status !== 'deprecated')
          .map((rule) => ({ ...heldBack(rule, base.history(rule.id)), rule }));
        return json({ items: held.toSorted((a, b) => (a.since < b.since ? -1 : 1)) });
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/purges',
      summary:
        'Removes what a user or an author taught, and all that stands on it; what others taught too is to be proven again. With `dryRun` it only says so.',
      body: purge,
      redacts: REMARKS,
      query: NO_QUERY,
      answer: async ({ project, body, about }) => {
        const { user, author, actor: by, reason: why, dryRun } = body;
        const principal = user === undefined ? undefined : principalOf(project, user);
        about({ object: principal === undefined ? `author ${author ?? ''}` : `principal ${principal}` });
        const taughtAgain = Map.groupBy(await support.support(project), ({ ruleId }) => ruleId);
        const source = {
          principals: new Set(principal === undefined ? [] : [principal]),
          authors: new Set(author === undefined ? [] : [author]),
          supporters: new Map(
            [...taughtAgain].map(([ruleId, runs]) => [ruleId, new Set(runs.map((run) => run.principal))]),
          ),
        };
        const base = knowledge(project);
        const done = dryRun
          ? { ok: true as const, ...base.planPurge(source) }
          : await base.purge(source, by, why);
        if (!done.ok) return refused(done);
        if (!dryRun && principal !== undefined) await support.forgetSupport(project, principal);
        const { removed, reopened } = done;
        about({
          detail: `${dryRun ? 'dry run: ' : ''}${removed.length} removed, ${reopened.length} reopened`,
        });
        return json({ dryRun, removed, reopened });
      },
    }),
  ];
}

function told({ sequence, type, at, actor: by, data }: KnowledgeEvent): object {
  const payload: unknown = JSON.parse(data);
  return { sequence, type, at, actor: by, byService: by === LEARNER_ACTOR, data: payload };
}

const withReason = z.object({ reason: z.string() });

function heldBack(
  rule: Rule,
  history: readonly KnowledgeEvent[],
): { readonly reason: string; readonly since: string; readonly by: string } {
  const event = history.findLast(({ type }) => type === 'quarantined' || type === 'restored');
  const parsed = withReason.safeParse(JSON.parse(event?.data ?? '{}'));
  return {
    reason: parsed.success ? parsed.data.reason : rule.reason,
    since: event?.at ?? rule.updatedAt,
    by: event?.actor ?? '',
  };
}
