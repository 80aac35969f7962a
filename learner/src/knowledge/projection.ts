import { LearnerError } from '../errors.ts';
import { decodeEdited, decodeJudged, decodeProposed } from './event-data.ts';
import type { KnowledgeEvent, QuoteSources } from './knowledge-base.ts';
import { nextStanding } from './lifecycle.ts';
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

/** One step of the fold: a rule before and after an event. Pure; the same events always give the same rule. */
export function project(before: ProjectedRule | undefined, event: KnowledgeEvent): ProjectedRule {
  if (event.type === 'proposed') {
    if (before !== undefined) throw outOfOrder(event, 'the rule exists already');
    return propose(event);
  }
  if (before === undefined) throw outOfOrder(event, 'no rule was proposed under this id');
  const standing = nextStanding(before.rule, event.type);
  const history = [...before.history, event];
  if (event.type === 'edited') {
    const { text, tokens } = decodeEdited(event.data);
    const version = { ...text, tokens, version: before.rule.version + 1 };
    const { verdictId: _ofOldText, approvedBy: _by, supersedes: _what, ...kept } = before.rule;
    const reason = `edited by ${event.actor}`;
    const rule = { ...kept, ...standing, ...version, reason, updatedAt: event.at };
    return { rule, versions: [...before.versions, version], history };
  }
  const { reason, verdictId, supersedes } = decodeJudged(event.data);
  const rule = {
    ...before.rule,
    ...standing,
    ...(reason === '' ? {} : { reason }),
    ...(verdictId === undefined ? {} : { verdictId }),
    ...(supersedes === undefined ? {} : { supersedes }),
    ...(event.type === 'approved' || event.type === 'released' ? { approvedBy: event.actor } : {}),
    updatedAt: event.at,
  };
  return { rule, versions: before.versions, history };
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
