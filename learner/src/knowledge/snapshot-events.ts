import type { SnapshottedData } from './event-data.ts';
import type { NewEvent } from './event-writer.ts';
import { NO_RULE } from './knowledge-base.ts';
import type { RestorePlan } from './restore-plan.ts';

/** Marks the state before it, which is also that after it. */
export function marked(actor: string, data: SnapshottedData): NewEvent {
  return { type: 'snapshotted', ruleId: NO_RULE, actor, data };
}

/** The events of a restore; the last one marks what came of it. */
export function restoredEvents(
  changes: RestorePlan['changes'],
  { actor, from, reason }: { readonly actor: string; readonly from: number; readonly reason: string },
): NewEvent[] {
  const restored = changes.map(({ ruleId, data }): NewEvent => ({ type: 'restored', ruleId, actor, data }));
  return [...restored, marked(actor, { reason, restores: from })];
}
