import { itemReference } from '@tracelore/sdk/contract';
import { LearnerError } from '../errors.ts';
import { shortId, type NewId } from '../ids.ts';
import { admit } from './admission.ts';
import type { JudgedData, ProposedData } from './event-data.ts';
import { chain } from './hash-chain.ts';
import type {
  Change,
  KnowledgeBase,
  KnowledgeEvent,
  KnowledgeEventType,
  QuoteSources,
  Refusal,
} from './knowledge-base.ts';
import type { KnowledgeLog } from './knowledge-log.ts';
import { LEARNER_ACTOR, refuseTransition, refuseVersion } from './lifecycle.ts';
import { ProjectedKnowledge } from './projected-knowledge.ts';
import { sealEvidence, type SealedQuote } from './sealed-quote.ts';
import { countRuleTokens } from './rule-tokens.ts';
import type { Provenance, Rule, RuleStatus, RuleText } from './rule.ts';

/** Changes of one project that may wait for the one being written. More are refused as `busy`. */
export const CHANGES_WAITING_MAX = 1_000;
/** Tries to find an id whose first 8 characters are free. With 2^32 of them one try is practically always enough. */
const ID_TRIES_MAX = 16;

export interface LogBackedKnowledgeOptions {
  readonly project: string;
  readonly log: KnowledgeLog;
  readonly now: () => Date;
  readonly newId: NewId;
}

type EventOfRule = Exclude<KnowledgeEventType, 'proposed' | 'edited'>;

/**
 * The knowledge of one project on its log. A change is decided, written and then applied, one at a time: what a reader
 * sees is always committed, and two changes never decide on the same state.
 */
export class LogBackedKnowledge implements KnowledgeBase {
  readonly project: string;
  readonly #log: KnowledgeLog;
  readonly #now: () => Date;
  readonly #newId: NewId;
  #knowledge: ProjectedKnowledge;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  /** The last append failed without saying whether the events were stored: read the log before the next change. */
  #uncertain = false;

  constructor(options: LogBackedKnowledgeOptions, knowledge: ProjectedKnowledge = new ProjectedKnowledge()) {
    this.project = options.project;
    this.#log = options.log;
    this.#now = options.now;
    this.#newId = options.newId;
    this.#knowledge = knowledge;
  }

  snapshot(): number {
    return this.#knowledge.sequence;
  }
  list(filter?: Parameters<KnowledgeBase['list']>[0]): readonly Rule[] {
    return this.#knowledge.list(filter);
  }
  find(idOrPrefix: string): Change {
    return this.#knowledge.find(idOrPrefix);
  }
  findVersion(reference: string): Rule | undefined {
    return this.#knowledge.findVersion(reference);
  }
  count(status: RuleStatus): number {
    return this.#knowledge.count(status);
  }
  served(): readonly Rule[] {
    return this.#knowledge.served();
  }
  history(ruleId: string): readonly KnowledgeEvent[] {
    return this.#knowledge.history(ruleId);
  }

  propose(
    text: RuleText,
    provenance: Provenance,
    options: { readonly quarantined?: boolean; readonly reason?: string } = {},
  ): Promise<Change> {
    return this.#inTurn(async () => {
      const { problems, quarantine } = admit(text, provenance.origin);
      const refusal = this.#refuseText(text, problems);
      if (refusal !== undefined) return refusal;
      const id = this.#freeId();
      const reason = options.reason ?? quarantine ?? '';
      const actor = provenance.origin === 'analyzer' ? LEARNER_ACTOR : provenance.by;
      const { evidence, quotes } = sealEvidence(provenance.evidence);
      const logged: ProposedData = {
        text: onlyText(text),
        tokens: countRuleTokens(id, text),
        provenance: { ...provenance, evidence },
        reason,
      };
      const events: NewEvent[] = [{ type: 'proposed', ruleId: id, actor, data: logged, quotes }];
      if (options.quarantined === true || quarantine !== undefined) {
        events.push({ type: 'quarantined', ruleId: id, actor, data: { reason } });
      }
      return await this.#append(id, events);
    });
  }

  edit(idOrPrefix: string, text: Partial<RuleText>, actor: string): Promise<Change> {
    return this.#inTurn(async () => {
      const found = this.find(idOrPrefix);
      if (!found.ok) return found;
      const { rule } = found;
      const edited = onlyText({ ...rule, ...text });
      const { problems, quarantine } = admit(edited);
      const refusal = refuseTransition(rule, 'edited', actor) ?? this.#refuseText(edited, problems, rule.id);
      if (refusal !== undefined) return refusal;
      if (JSON.stringify(edited) === JSON.stringify(onlyText(rule))) {
        return { ok: false, code: 'invalid', message: `rule ${shortId(rule.id)} says exactly this already.` };
      }
      const data = { text: edited, tokens: countRuleTokens(rule.id, edited) };
      const events: NewEvent[] = [{ type: 'edited', ruleId: rule.id, actor, data }];
      if (quarantine !== undefined && !rule.quarantined)
        events.push({ type: 'quarantined', ruleId: rule.id, actor, data: { reason: quarantine } });
      return await this.#append(rule.id, events);
    });
  }

  validate(ruleId: string, verdictId: string, reason: string, supersedes?: string): Promise<Change> {
    return this.#judge(ruleId, 'validated', LEARNER_ACTOR, reason, { verdictId, supersedes });
  }
  activate(ruleId: string, actor: string, reason: string): Promise<Change> {
    return this.#judge(ruleId, 'activated', actor, reason);
  }
  approve(idOrPrefix: string, actor: string, reason: string = `approved by ${actor}`): Promise<Change> {
    return this.#inTurn(async () => {
      const found = this.find(idOrPrefix);
      if (!found.ok) return found;
      // Approving a quarantined rule that is active already only lifts the quarantine.
      const type = found.rule.status === 'active' && found.rule.quarantined ? 'released' : 'approved';
      return await this.#judgeNow(found.rule, type, actor, { reason });
    });
  }
  reject(idOrPrefix: string, actor: string, reason: string, verdictId?: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'rejected', actor, reason, { verdictId });
  }
  deprecate(idOrPrefix: string, actor: string, reason: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'deprecated', actor, reason);
  }
  rest(idOrPrefix: string, actor: string, reason: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'rested', actor, reason);
  }
  pin(idOrPrefix: string, actor: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'pinned', actor, '');
  }
  unpin(idOrPrefix: string, actor: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'unpinned', actor, '');
  }

  eraseQuotes(sources: QuoteSources): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      await this.#log.eraseQuotes(this.project, sources);
      return this.#knowledge.forgetQuotes(sources);
    });
  }

  #judge(
    idOrPrefix: string,
    type: EventOfRule,
    actor: string,
    reason: string,
    about: Omit<JudgedData, 'reason'> = {},
  ): Promise<Change> {
    return this.#inTurn(async () => {
      const [id = '', version] = idOrPrefix.split('@');
      const found = this.find(id);
      if (!found.ok) return found;
      const { rule } = found;
      if (version !== undefined && version !== String(rule.version))
        return refuseVersion(rule, type, version);
      return await this.#judgeNow(rule, type, actor, { reason, ...about });
    });
  }

  async #judgeNow(rule: Rule, type: EventOfRule, actor: string, data: object): Promise<Change> {
    return (
      refuseTransition(rule, type, actor) ??
      (await this.#append(rule.id, [
        { type, ruleId: rule.id, actor, data },
        ...this.#supersede(rule, type, actor),
      ]))
    );
  }

  /** What was proven in the place of another rule must not stand beside it: the other one leaves in the same step. */
  #supersede(rule: Rule, type: EventOfRule, actor: string): NewEvent[] {
    if (type !== 'activated' && type !== 'approved') return [];
    const [id = ''] = rule.supersedes?.split('@') ?? [];
    const found = this.find(id);
    const old = found.ok && found.rule.status === 'active' ? found.rule : undefined;
    if (old === undefined || itemReference(old) !== rule.supersedes) return [];
    // What a person pinned only a person takes away.
    if (old.priority === 'pinned' && actor === LEARNER_ACTOR) return [];
    const data = { reason: `superseded by ${itemReference(rule)}` };
    return [{ type: 'deprecated', ruleId: id, actor, data }];
  }

  #refuseText(text: RuleText, problems: readonly string[], exceptId?: string): Refusal | undefined {
    if (problems.length > 0) return { ok: false, code: 'invalid', message: `${problems.join('; ')}.` };
    const duplicate = this.#knowledge.duplicateOf(text, exceptId);
    if (duplicate === undefined) return undefined;
    return {
      ok: false,
      code: 'duplicate',
      message: `rule ${shortId(duplicate.id)} (${duplicate.status}) says the same already.`,
    };
  }

  #freeId(): string {
    for (let tries = 0; tries < ID_TRIES_MAX; tries += 1) {
      const id = this.#newId();
      if (!this.#knowledge.prefixTaken(id)) return id;
    }
    throw new LearnerError(
      'busy',
      `project "${this.project}": no free rule id in ${ID_TRIES_MAX} tries; the id generator repeats itself.`,
    );
  }

  async #append(ruleId: string, news: readonly NewEvent[]): Promise<Change> {
    await this.#checkHead();
    let { sequence, lastHash } = this.#knowledge;
    const at = this.#now().toISOString();
    const events = news.map((event) => {
      sequence += 1;
      const { data, quotes = [], ...named } = event;
      const chained = chain(
        { ...named, project: this.project, sequence, id: this.#newId(), at, data: JSON.stringify(data) },
        lastHash,
      );
      lastHash = chained.hash;
      return { ...chained, quotes };
    });
    this.#uncertain = true;
    await this.#log.append(events);
    this.#uncertain = false;
    for (const event of events) this.#knowledge.apply(event);
    return this.find(ruleId);
  }

  async #settle(): Promise<void> {
    if (!this.#uncertain) return;
    this.#knowledge = await loadProject(this.#log, this.project);
    this.#uncertain = false;
  }

  /** ClickHouse has no compare-and-set: a second writer is noticed by the number of events, at its next change at the latest. */
  async #checkHead(): Promise<void> {
    const stored = await this.#log.count(this.project);
    if (stored === this.#knowledge.sequence) return;
    throw new LearnerError(
      'knowledge_log_moved',
      `project "${this.project}": the knowledge log has ${stored} entries, this process knows ${this.#knowledge.sequence}. ` +
        'Another process writes it: run one learner per project, then restart this one.',
    );
  }

  /** Runs a change after the ones before it. A change that fails does not stop the next one. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    if (this.#waiting >= CHANGES_WAITING_MAX) {
      const message = `project "${this.project}": ${CHANGES_WAITING_MAX} changes of the knowledge are waiting; try again later.`;
      return Promise.reject(new LearnerError('busy', message, { retryable: true }));
    }
    this.#waiting += 1;
    const result = this.#turn
      .then(() => this.#settle())
      .then(change)
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = result.catch(() => undefined);
    return result;
  }
}

interface NewEvent extends Pick<KnowledgeEvent, 'type' | 'ruleId' | 'actor'> {
  readonly data: object;
  /** Words that the data refers to by their seals. */
  readonly quotes?: readonly SealedQuote[];
}

function onlyText({ kind, content, appliesWhen, tags }: RuleText): RuleText {
  return {
    kind,
    content: content.trim(),
    appliesWhen: appliesWhen.trim(),
    tags: tags.map((tag) => tag.trim()),
  };
}

async function loadProject(log: KnowledgeLog, project: string): Promise<ProjectedKnowledge> {
  const knowledge = new ProjectedKnowledge();
  for await (const event of log.read(project)) knowledge.apply(event);
  return knowledge;
}
