import { z } from 'zod';
import type { KnowledgeEvent } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import type { Rule } from '../knowledge/rule.ts';
import { HARMFUL } from '../online/act-on-watches.ts';
import type { Notice, NoticeType } from './notice.ts';

export interface EventContext {
  /** A rule as it is after the events. */
  readonly find: (project: string, ruleId: string) => Rule | undefined;
}

const payload = z.object({ reason: z.string().default(''), restores: z.number().optional() });

/** What of these events somebody should hear about. The id of an event is that of its notice. */
export function noticesOf(events: readonly KnowledgeEvent[], context: EventContext): Notice[] {
  return events.flatMap((event): Notice[] => {
    const { reason, restores } = payload.parse(JSON.parse(event.data));
    const type = typeOf(event, { reason, restores }, context);
    if (type === undefined) return [];
    const { id, project, at, ruleId, sequence, actor } = event;
    const why = restores === undefined ? reason : `restored ${restores}${reason === '' ? '' : `: ${reason}`}`;
    return [
      {
        id,
        type,
        project,
        at,
        ruleId: ruleId === '' ? null : ruleId,
        position: sequence,
        actor,
        reason: why,
      },
    ];
  });
}

function typeOf(
  { type, actor, project, ruleId }: KnowledgeEvent,
  { reason, restores }: { readonly reason: string; readonly restores: number | undefined },
  { find }: EventContext,
): NoticeType | undefined {
  if (type === 'quarantined') return 'quarantined';
  if (type === 'pin_requested') return 'review_pending';
  // What is proven and not in service with it waits for a person.
  if (type === 'validated')
    return find(project, ruleId)?.status === 'validated' ? 'review_pending' : undefined;
  const isRemoved = type === 'deprecated' && actor === LEARNER_ACTOR && reason.startsWith(HARMFUL);
  return isRemoved || restores !== undefined ? 'rolled_back' : undefined;
}
