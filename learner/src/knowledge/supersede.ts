import { itemReference } from '@tracelore/sdk/contract';
import type { NewEvent } from './event-writer.ts';
import type { Change } from './knowledge-base.ts';
import { LEARNER_ACTOR } from './lifecycle.ts';
import { SUPERSEDED } from './restore-plan.ts';
import type { Rule } from './rule.ts';

/**
 * What was proven in the place of another rule must not stand beside it: the event by which the other one leaves, in the step
 * in which this one comes into force.
 *
 * @param supersedes the other one, `id@version`
 */
export function superseding(
  rule: Rule,
  supersedes: string | undefined,
  actor: string,
  find: (id: string) => Change,
): NewEvent[] {
  const [id = ''] = supersedes?.split('@') ?? [];
  const found = find(id);
  const old = found.ok && found.rule.status === 'active' ? found.rule : undefined;
  if (old === undefined || itemReference(old) !== supersedes) return [];
  // What a person pinned only a person takes away.
  if (old.priority === 'pinned' && actor === LEARNER_ACTOR) return [];
  return [{ type: 'deprecated', ruleId: id, actor, data: { reason: `${SUPERSEDED}${itemReference(rule)}` } }];
}
