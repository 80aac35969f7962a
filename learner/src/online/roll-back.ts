import type { KnowledgeBase } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import { HARMFUL } from './act-on-watches.ts';
import { entryOf, epochOf } from './epoch.ts';
import type { WatchBook } from './watch-book.ts';

/** So many harmful rules within so many ms point at more than one bad rule: at what let them in. */
const REMOVALS_MIN = 2;
const WITHIN_MS = 24 * 3_600_000;

type Base = Pick<KnowledgeBase, 'list' | 'served' | 'history' | 'snapshots' | 'restore'>;

/**
 * Goes back to the last snapshot before all of them when several rules were removed as harmful within a day. Rules that
 * production proved stay; a rule that helped once and turned says nothing about how it came in, and does not count. Safe to
 * repeat: removals before the last return were answered by it.
 */
export async function rollBack(base: Base, book: WatchBook, now: Date): Promise<void> {
  const removals = removalsSince(base, book, now.getTime() - WITHIN_MS);
  if (removals.length < REMOVALS_MIN) return;
  const position = Math.min(...removals.map((id) => entryOf(base, id))) - 1;
  const names = removals.map((id) => id.slice(0, 8)).join(', ');
  const reason = `rolled back: ${removals.length} rules were harmful in production within 24 h (${names}); what came into force with them or since, and is not proven, leaves`;
  const restored = await base.restore(String(position), LEARNER_ACTOR, reason, provenRules(base, book));
  if (!restored.ok) throw new Error(`rollback to position ${position}: ${restored.message}`);
}

/** Ids of rules that the learner removed after a time and after its last return to a snapshot. */
function removalsSince(base: Base, book: WatchBook, sinceMs: number): string[] {
  const returned = base
    .snapshots()
    .findLast(({ actor, restores }) => actor === LEARNER_ACTOR && restores !== undefined);
  return base.list({ status: 'deprecated' }).flatMap(({ id, reason }) => {
    const event = base.history(id).findLast(({ type }) => type === 'deprecated');
    if (event === undefined || event.actor !== LEARNER_ACTOR || !reason.startsWith(HARMFUL)) return [];
    if (Date.parse(event.at) < sinceMs || event.sequence <= (returned?.position ?? 0)) return [];
    const turned = book.ofRule(id).some(({ watch }) => watch.stage === 'deprecated' && watch.episodes > 0);
    return turned ? [] : [id];
  });
}

function provenRules(base: Base, book: WatchBook): ReadonlySet<string> {
  const proven = base
    .served()
    .filter((rule) =>
      book
        .ofRule(rule.id)
        .some(
          ({ epoch, fingerprint, watch }) =>
            watch.stage === 'steady' && epoch === epochOf(base, rule, fingerprint),
        ),
    );
  return new Set(proven.map(({ id }) => id));
}
