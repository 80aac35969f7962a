import type { KnowledgeEvent, KnowledgeEventType } from './knowledge-base.ts';
import type { Rule } from './rule.ts';

/** Events after which a rule may be in force that was not before. */
const ENTRIES: ReadonlySet<KnowledgeEventType> = new Set(['activated', 'approved', 'released', 'restored']);

/**
 * When an active rule's time is up, epoch ms; `undefined` = never. Its own time counts first; without one the default,
 * counted from when it last came into force. What a person pinned ends only by a time of its own.
 *
 * @param ttlMs default; 0 = none
 */
export function expiryOf(rule: Rule, history: readonly KnowledgeEvent[], ttlMs: number): number | undefined {
  if (rule.status !== 'active') return undefined;
  if (rule.expiresAt !== undefined) return Date.parse(rule.expiresAt);
  if (ttlMs === 0 || rule.priority === 'pinned') return undefined;
  const entry = history.findLast(({ type }) => ENTRIES.has(type));
  return entry === undefined ? undefined : Date.parse(entry.at) + ttlMs;
}

/** Active rules whose time is up, with what their history will say. */
export function dueRules(
  active: readonly Rule[],
  historyOf: (ruleId: string) => readonly KnowledgeEvent[],
  { ttlMs, nowMs }: { readonly ttlMs: number; readonly nowMs: number },
): { readonly ruleId: string; readonly reason: string }[] {
  return active.flatMap((rule) => {
    const atMs = expiryOf(rule, historyOf(rule.id), ttlMs);
    if (atMs === undefined || atMs > nowMs) return [];
    return [{ ruleId: rule.id, reason: `expired at ${new Date(atMs).toISOString()}: to be proven again` }];
  });
}
