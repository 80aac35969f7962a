import { LearnerError } from '../errors.ts';
import { decodeEdited, decodeJudged, decodeProposed, decodeRestored } from './event-data.ts';
import type { KnowledgeEvent, QuoteSources } from './knowledge-base.ts';
import { nextStanding, type Standing, type TransitionType } from './lifecycle.ts';
import { isUnbroken } from './sealed-quote.ts';
import type { Evidence, Rule, RuleText } from './rule.ts';

/** A rule's text in one version, with its token count. */
export type RuleVersion = RuleText & Pick<Rule, 'version' | 'tokens'>;

/** One rule with everything its events say about it. */
export interface ProjectedRule {
  readonly rule: Rule;
  /** Every version ever written, oldest first. */
  readonly versions: readonly RuleVersion[];
  readonly history: readonly KnowledgeEvent[];
}

/** Events about one rule. */
export type RuleEvent = KnowledgeEvent & { readonly type: Exclude<KnowledgeEvent['type'], 'snapshotted'> };

export function isAboutRule(event: KnowledgeEvent): event is RuleEvent {
  return event.type !== 'snapshotted';
}

/** One step of the fold: a rule before and after an event. Pure; the same events always give the same rule. */
export function project(before: ProjectedRule | undefined, event: RuleEvent): ProjectedRule {
  if (event.type === 'proposed') {
    if (before !== undefined) throw outOfOrder(event, 'the rule exists already');
    return propose(event);
  }
  if (before === undefined) throw outOfOrder(event, 'no rule was proposed under this id');
  const history = [...before.history, event];
  if (event.type === 'restored') return { ...before, rule: restore(before, event), history };
  const standing = nextStanding(before.rule, event.type);
  if (event.type === 'edited') {
    const { text, tokens } = decodeEdited(event.data);
    // A restored rule may have a version below its newest one.
    const version = { ...text, tokens, version: before.versions.length + 1 };
    const {
      verdictId: _ofOldText,
      approvedBy: _by,
      supersedes: _what,
      pinRequest: _r,
      ...kept
    } = before.rule;
    const reason = `edited by ${event.actor}`;
    const rule = { ...kept, ...standing, ...version, reason, updatedAt: event.at };
    return { rule, versions: [...before.versions, version], history };
  }
  return { rule: judge(before.rule, standing, event, event.type), versions: before.versions, history };
}

function judge(before: Rule, standing: Standing, event: KnowledgeEvent, type: TransitionType): Rule {
  const { reason, verdictId, supersedes, expiresAt, key = '' } = decodeJudged(event.data);
  const { pinRequest, expiresAt: expiredAt, ...kept } = before;
  const request = type === 'pin_requested' ? { actor: event.actor, key } : pinRequest;
  const isAsked = standing.status === 'active' && type !== 'pinned' && type !== 'unpinned';
  const end = type === 'expired' ? undefined : type === 'expiry_set' ? (expiresAt ?? undefined) : expiredAt;
  return {
    ...kept,
    ...standing,
    ...(reason === '' ? {} : { reason }),
    ...(verdictId === undefined ? {} : { verdictId }),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(type === 'approved' || type === 'released' ? { approvedBy: event.actor } : {}),
    ...(request === undefined || !isAsked ? {} : { pinRequest: request }),
    ...(end === undefined ? {} : { expiresAt: end }),
    updatedAt: event.at,
  };
}

/** The rule as the event writes it down, in the text of one of its versions. */
function restore({ rule, versions }: ProjectedRule, event: KnowledgeEvent): Rule {
  const { from: _position, version, ...state } = decodeRestored(event.data);
  const text = versions.find((each) => each.version === version);
  if (text === undefined) throw outOfOrder(event, `it never had a version ${version}`);
  const { project: owner, id, provenance, createdAt } = rule;
  return { project: owner, id, provenance, createdAt, ...text, ...state, updatedAt: event.at };
}

function propose(event: KnowledgeEvent): ProjectedRule {
  const { text, tokens, provenance, reason } = decodeProposed(event.data);
  const version = { ...text, tokens, version: 1 };
  const rule: Rule = {
    ...version,
    project: event.project,
    id: event.ruleId,
    status: 'candidate',
    quarantined: false,
    priority: 'normal',
    provenance: { ...provenance, evidence: provenance.evidence.map((place) => quoted(place, event)) },
    reason,
    createdAt: event.at,
    updatedAt: event.at,
  };
  return { rule, versions: [version], history: [event] };
}

/** Words that are not there were erased; words that are others than those that were written down break the log. */
function quoted(place: Omit<Evidence, 'quote' | 'principal'>, event: KnowledgeEvent): Evidence {
  const kept = event.quotes.find(({ seal }) => seal === place.sha256);
  if (kept !== undefined && !isUnbroken(kept))
    throw new LearnerError(
      'knowledge_log_broken',
      `knowledge log of project "${event.project}", entry ${event.sequence} (${event.id}): a quote does not match its seal: it was changed after it was written.`,
    );
  const principal = kept?.principal ?? '';
  return { ...place, quote: kept?.quote ?? '', ...(principal === '' ? {} : { principal }) };
}

/** A rule and its history without the words quoted from these sources; the same object when it quotes none of them. */
export function withoutQuotes(found: ProjectedRule, { runs, traces }: QuoteSources): ProjectedRule {
  const isFrom = ({ runId, traceId }: { readonly runId: string; readonly traceId: string }): boolean =>
    runs.has(runId) || traces.has(traceId);
  const { provenance } = found.rule;
  if (!provenance.evidence.some(isFrom)) return found;
  const evidence = provenance.evidence.map((one) => (isFrom(one) ? erased(one) : one));
  return {
    ...found,
    rule: { ...found.rule, provenance: { ...provenance, evidence } },
    history: found.history.map((event) => ({
      ...event,
      quotes: event.quotes.filter((quote) => !isFrom(quote)),
    })),
  };
}

function erased({ principal: _gone, ...place }: Evidence): Evidence {
  return { ...place, quote: '' };
}

function outOfOrder(event: KnowledgeEvent, problem: string): LearnerError {
  return new LearnerError(
    'knowledge_log_broken',
    `knowledge log of project "${event.project}", entry ${event.sequence}: "${event.type}" of rule ${event.ruleId}, but ${problem}.`,
  );
}
