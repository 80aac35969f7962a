import { createHash } from 'node:crypto';
import type { KnowledgeBase, KnowledgeEventType } from '../knowledge/knowledge-base.ts';
import type { Rule } from '../knowledge/rule.ts';

/** Events after which a rule is served that was not served before: each starts a new experiment in canary. */
const ENTRIES: ReadonlySet<KnowledgeEventType> = new Set(['activated', 'approved', 'released', 'restored']);
const FINGERPRINT_CHARACTERS = 12;

/**
 * Names the experiment that a rule's coins belong to: `version.entry`, and with a fingerprint `version.entry.hash`. The
 * entry is the position in the knowledge log at which the rule came into service, so a rule that comes back, a new text and
 * a new model, prompt or tool set all toss new coins and start without evidence.
 */
export function epochOf(base: Pick<KnowledgeBase, 'history'>, rule: Rule, fingerprint: string): string {
  return epochName(`${rule.version}.${entryOf(base, rule.id)}`, fingerprint);
}

/** Position in the knowledge log at which a rule came into service last; 0 = never. */
export function entryOf(base: Pick<KnowledgeBase, 'history'>, ruleId: string): number {
  return base.history(ruleId).findLast(({ type }) => ENTRIES.has(type))?.sequence ?? 0;
}

/** The experiment of an entry into service, `version.entry`, under a fingerprint; '' = none. */
export function epochName(entry: string, fingerprint: string): string {
  if (fingerprint === '') return entry;
  const hash = createHash('sha256').update(fingerprint).digest('hex');
  return `${entry}.${hash.slice(0, FINGERPRINT_CHARACTERS)}`;
}
