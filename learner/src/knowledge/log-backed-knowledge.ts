import { LearnerError } from '../errors.ts';
import { shortId } from '../ids.ts';
import { admit } from './admission.ts';
import type { JudgedData, ProposedData } from './event-data.ts';
import { dueRules } from './expiry.ts';
import { EventWriter, type EventWriterOptions, type NewEvent } from './event-writer.ts';
import type {
  Change,
  KnowledgeBase,
  KnowledgeEvent,
  Purged,
  PurgeSource,
  QuoteSources,
  Refusal,
  Restored,
  Snapshot,
} from './knowledge-base.ts';
import { LEARNER_ACTOR, refuseTransition, refuseVersion, type TransitionType } from './lifecycle.ts';
import { ProjectedKnowledge } from './projected-knowledge.ts';
import { planPurge, purgeEvents } from './purge-plan.ts';
import { planRestore } from './restore-plan.ts';
import { onlyText } from './rule-text.ts';
import { sealEvidence } from './sealed-quote.ts';
import { superseding } from './supersede.ts';
import { countRuleTokens } from './rule-tokens.ts';
import { marked, restoredEvents } from './snapshot-events.ts';
import type { Provenance, Rule, RuleStatus, RuleText } from './rule.ts';

/** Tries to find an id whose first 8 characters are free. With 2^32 of them one try is practically always enough. */
const ID_TRIES_MAX = 16;

export interface LogBackedKnowledgeOptions extends EventWriterOptions {
  /** People it takes to pin a rule. Default 1. */
  readonly pinPersons?: 1 | 2;
}

type EventOfRule = Exclude<TransitionType, 'edited'>;

/** The knowledge of one project on its log: what may happen to rules, and what is written down when it does. */
export class LogBackedKnowledge implements KnowledgeBase {
  readonly project: string;
  readonly #options: LogBackedKnowledgeOptions;
  readonly #events: EventWriter;

  constructor(options: LogBackedKnowledgeOptions, knowledge: ProjectedKnowledge = new ProjectedKnowledge()) {
    this.project = options.project;
    this.#options = options;
    this.#events = new EventWriter(options, knowledge);
  }

  catchUp(): Promise<void> {
    return this.#events.catchUp();
  }
  snapshot(): number {
    return this.#events.knowledge.sequence;
  }
  list(filter?: Parameters<KnowledgeBase['list']>[0]): readonly Rule[] {
    return this.#events.knowledge.list(filter);
  }
  find(idOrPrefix: string): Change {
    return this.#events.knowledge.find(idOrPrefix);
  }
  findVersion(reference: string): Rule | undefined {
    return this.#events.knowledge.findVersion(reference);
  }
  count(status: RuleStatus): number {
    return this.#events.knowledge.count(status);
  }
  served(): readonly Rule[] {
    return this.#events.knowledge.served();
  }
  history(ruleId: string): readonly KnowledgeEvent[] {
    return this.#events.knowledge.history(ruleId);
  }

  propose(
    text: RuleText,
    provenance: Provenance,
    options: { readonly quarantined?: boolean; readonly reason?: string } = {},
  ): Promise<Change> {
    return this.#events.inTurn(async () => {
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
    return this.#events.inTurn(async () => {
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
  promote(ruleId: string, verdictId: string, reason: string, supersedes?: string): Promise<Change> {
    return this.#judge(ruleId, 'activated', LEARNER_ACTOR, reason, { verdictId, supersedes });
  }
  approve(idOrPrefix: string, actor: string, reason: string = `approved by ${actor}`): Promise<Change> {
    return this.#events.inTurn(async () => {
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
  pin(idOrPrefix: string, actor: string, key: string = ''): Promise<Change> {
    return this.#events.inTurn(async () => {
      const found = this.find(idOrPrefix);
      if (!found.ok) return found;
      const { pinRequest: request } = found.rule;
      const isAnother =
        request !== undefined && request.actor !== actor && (request.key === '' || request.key !== key);
      if (this.#pinsAlone || isAnother)
        return await this.#judgeNow(found.rule, 'pinned', actor, { reason: '', key });
      if (request === undefined)
        return await this.#judgeNow(found.rule, 'pin_requested', actor, { reason: '', key });
      const message = `cannot pin rule ${shortId(found.rule.id)}: ${request.actor} asked for it, and a second person with a key of his own has to agree.`;
      return { ok: false, code: 'not_allowed', message };
    });
  }
  unpin(idOrPrefix: string, actor: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'unpinned', actor, '');
  }
  quarantine(idOrPrefix: string, actor: string, reason: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'quarantined', actor, reason);
  }
  release(idOrPrefix: string, actor: string, reason: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'released', actor, reason);
  }
  setExpiry(idOrPrefix: string, actor: string, expiresAt: string | null, reason: string): Promise<Change> {
    return this.#judge(idOrPrefix, 'expiry_set', actor, reason, { expiresAt });
  }

  expireDue(ttlMs: number): Promise<readonly string[]> {
    if (this.#due(ttlMs).length === 0) return Promise.resolve([]);
    return this.#events.inTurn(async () => {
      const due = this.#due(ttlMs);
      await this.#events.append(
        due.map(({ ruleId, reason }) => ({
          type: 'expired',
          ruleId,
          actor: LEARNER_ACTOR,
          data: { reason },
        })),
      );
      return due.map(({ ruleId }) => ruleId);
    });
  }

  snapshots(): readonly Snapshot[] {
    return this.#events.knowledge.snapshots;
  }
  positionOf(reference: string): ReturnType<KnowledgeBase['positionOf']> {
    return this.#events.knowledge.positionOf(reference);
  }
  rulesAt(position: number): readonly Rule[] {
    return this.#events.knowledge.rulesAt(position);
  }

  takeSnapshot({
    actor,
    tag,
    reason = '',
  }: Parameters<KnowledgeBase['takeSnapshot']>[0]): ReturnType<KnowledgeBase['takeSnapshot']> {
    return this.#events.inTurn(async () => {
      const refusal = tag === undefined ? undefined : this.#events.knowledge.refuseTag(tag);
      if (refusal !== undefined) return refusal;
      await this.#events.append([marked(actor, { reason, ...(tag === undefined ? {} : { tag }) })]);
      return { ok: true, snapshot: this.#newestSnapshot() };
    });
  }

  restore(
    reference: string,
    actor: string,
    reason: string,
    spares: ReadonlySet<string> = new Set(),
  ): Promise<Restored | Refusal> {
    return this.#events.inTurn(async () => {
      const named = this.positionOf(reference);
      if (!named.ok) return named;
      const from = named.position;
      const { changes, keptBack } = planRestore(this.list(), this.rulesAt(from), {
        from,
        actor,
        nowMs: this.#options.now().getTime(),
        pinsAlone: this.#pinsAlone,
        isPurged: (id) => this.#isPurged(id),
        spares,
      });
      await this.#events.append(restoredEvents(changes, { actor, from, reason }));
      const changed = changes.map(({ ruleId }) => ruleId);
      return { ok: true, snapshot: this.#newestSnapshot(), from, changed, keptBack };
    });
  }

  planPurge(source: PurgeSource): Pick<Purged, 'removed' | 'reopened'> {
    return planPurge(this.list(), source, (id) => this.#isPurged(id));
  }

  purge(source: PurgeSource, actor: string, reason: string): Promise<Purged | Refusal> {
    return this.#events.inTurn(async () => {
      if (actor === LEARNER_ACTOR)
        return { ok: false, code: 'not_allowed', message: 'cannot purge: only a person may do this.' };
      const plan = this.planPurge(source);
      await this.#events.append(purgeEvents(plan, actor, reason));
      return { ok: true, ...plan };
    });
  }

  eraseQuotes(sources: QuoteSources): Promise<readonly string[]> {
    return this.#events.inTurn(async () => {
      await this.#options.log.eraseQuotes(this.project, sources);
      return this.#events.knowledge.forgetQuotes(sources);
    });
  }

  #judge(
    idOrPrefix: string,
    type: EventOfRule,
    actor: string,
    reason: string,
    about: Omit<JudgedData, 'reason'> = {},
  ): Promise<Change> {
    return this.#events.inTurn(async () => {
      const [id = '', version] = idOrPrefix.split('@');
      const found = this.find(id);
      if (!found.ok) return found;
      const { rule } = found;
      if (version !== undefined && version !== String(rule.version))
        return refuseVersion(rule, type, version);
      return await this.#judgeNow(rule, type, actor, { reason, ...about });
    });
  }

  async #judgeNow(rule: Rule, type: EventOfRule, actor: string, data: Partial<JudgedData>): Promise<Change> {
    const goesLive = type === 'activated' || type === 'approved';
    // Proven and in service at once: one step, so that no process that ends leaves one without the other.
    const types = type === 'activated' ? (['validated', 'activated'] as const) : [type];
    return (
      refuseTransition(rule, type, actor) ??
      (await this.#append(rule.id, [
        ...types.map((each): NewEvent => ({ type: each, ruleId: rule.id, actor, data })),
        ...(goesLive
          ? superseding(rule, data.supersedes ?? rule.supersedes, actor, (id) => this.find(id))
          : []),
      ]))
    );
  }

  #refuseText(text: RuleText, problems: readonly string[], exceptId?: string): Refusal | undefined {
    if (problems.length > 0) return { ok: false, code: 'invalid', message: `${problems.join('; ')}.` };
    const duplicate = this.#events.knowledge.duplicateOf(text, exceptId);
    if (duplicate === undefined) return undefined;
    return {
      ok: false,
      code: 'duplicate',
      message: `rule ${shortId(duplicate.id)} (${duplicate.status}) says the same already.`,
    };
  }

  #freeId(): string {
    for (let tries = 0; tries < ID_TRIES_MAX; tries += 1) {
      const id = this.#options.newId();
      if (!this.#events.knowledge.prefixTaken(id)) return id;
    }
    throw new LearnerError(
      'busy',
      `project "${this.project}": no free rule id in ${ID_TRIES_MAX} tries; the id generator repeats itself.`,
    );
  }

  #newestSnapshot(): Snapshot {
    const newest = this.#events.knowledge.snapshots.at(-1);
    if (newest !== undefined) return newest;
    throw new LearnerError(
      'knowledge_log_broken',
      `project "${this.project}": the snapshot was not written.`,
    );
  }

  get #pinsAlone(): boolean {
    return (this.#options.pinPersons ?? 1) === 1;
  }

  #isPurged(ruleId: string): boolean {
    return this.history(ruleId).some(({ type }) => type === 'purged');
  }

  #due(ttlMs: number): ReturnType<typeof dueRules> {
    // Asked every few seconds, of a hundred thousand rules if need be.
    if (ttlMs === 0 && !this.#events.knowledge.hasOwnEnds) return [];
    const nowMs = this.#options.now().getTime();
    return dueRules(this.list({ status: 'active' }), (id) => this.history(id), { ttlMs, nowMs });
  }

  async #append(ruleId: string, news: readonly NewEvent[]): Promise<Change> {
    await this.#events.append(news);
    return this.find(ruleId);
  }
}
