import type { NewEvent } from './event-writer.ts';
import type { PurgeSource, Purged } from './knowledge-base.ts';
import type { Rule } from './rule.ts';

/**
 * Which rules a source taught, and what stands on them. A rule that nobody else speaks for is removed: words of runs that
 * name nobody vouch for nothing. One that others taught too is opened again, since it was proven with that source's help.
 * Rules proven in the place of a removed one stand on it: with teachers of their own they are opened again, without they go.
 *
 * @param purged rules that are gone already
 */
export function planPurge(
  rules: readonly Rule[],
  source: PurgeSource,
  purged: (ruleId: string) => boolean,
): Pick<Purged, 'removed' | 'reopened'> {
  const left = rules.filter(({ id }) => !purged(id));
  const heirs = Map.groupBy(
    left.filter(({ supersedes }) => supersedes !== undefined),
    ({ supersedes = '' }) => supersedes.split('@')[0] ?? '',
  );
  const removed = new Set<string>();
  const reopened = new Set<string>();
  const waiting = left.filter((rule) => isTaughtBy(rule, source));
  for (let rule = waiting.pop(); rule !== undefined; rule = waiting.pop()) {
    if (removed.has(rule.id) || reopened.has(rule.id)) continue;
    if (hasOtherTeachers(rule, source)) {
      reopened.add(rule.id);
      continue;
    }
    removed.add(rule.id);
    waiting.push(...(heirs.get(rule.id) ?? []));
  }
  const ids = (chosen: readonly Rule[]): string[] => chosen.map(({ id }) => id);
  const isProven = ({ status }: Rule): boolean => status === 'active' || status === 'validated';
  return {
    removed: ids(left.filter(({ id }) => removed.has(id))),
    // What is not proven was not proven with that source's help: there is nothing to open again.
    reopened: ids(left.filter((rule) => reopened.has(rule.id) && isProven(rule))),
  };
}

/** The events of a purge. */
export function purgeEvents(
  { removed, reopened }: Pick<Purged, 'removed' | 'reopened'>,
  actor: string,
  reason: string,
): NewEvent[] {
  const as =
    (type: 'purged' | 'reopened', why: string) =>
    (ruleId: string): NewEvent => ({ type, ruleId, actor, data: { reason: `${why}: ${reason}` } });
  return [
    ...removed.map(as('purged', 'purged')),
    ...reopened.map(as('reopened', 'to be proven again without a purged source')),
  ];
}

function isTaughtBy({ provenance }: Rule, { principals, authors }: PurgeSource): boolean {
  if (provenance.origin !== 'analyzer') return authors.has(provenance.by);
  return provenance.evidence.some(({ principal }) => principal !== undefined && principals.has(principal));
}

function hasOtherTeachers(
  { id, provenance }: Rule,
  { principals, authors, supporters }: PurgeSource,
): boolean {
  const isAnother = (principal: string | undefined): boolean =>
    principal !== undefined && principal !== '' && !principals.has(principal);
  if ([...(supporters?.get(id) ?? [])].some(isAnother)) return true;
  if (provenance.origin !== 'analyzer') return !authors.has(provenance.by);
  return provenance.evidence.some(({ principal }) => isAnother(principal));
}
