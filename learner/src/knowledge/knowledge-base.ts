import type { SealedQuote } from './sealed-quote.ts';
import type { Provenance, Rule, RuleStatus, RuleText } from './rule.ts';

export const KNOWLEDGE_EVENT_TYPES = [
  'proposed',
  'edited',
  'validated',
  'activated',
  'approved',
  'rejected',
  'deprecated',
  'rested',
  'pinned',
  'unpinned',
  'quarantined',
  'released',
] as const;
export type KnowledgeEventType = (typeof KNOWLEDGE_EVENT_TYPES)[number];

/** One entry of the append-only, hash-chained knowledge log. */
export interface KnowledgeEvent {
  readonly project: string;
  /** From 1, without gaps, per project: the snapshot number after this event. */
  readonly sequence: number;
  readonly id: string;
  readonly type: KnowledgeEventType;
  readonly ruleId: string;
  /** ISO time of the service's clock. */
  readonly at: string;
  /** Who: `learner`, or the name a person gave. */
  readonly actor: string;
  /** JSON of the event's payload. */
  readonly data: string;
  /** Words that the payload refers to by their seals and that were not erased. The hash does not cover them. */
  readonly quotes: readonly SealedQuote[];
  readonly previousHash: string;
  /** SHA-256 over previousHash and the canonical JSON of the event, hex. */
  readonly hash: string;
}

export interface RuleFilter {
  readonly status?: RuleStatus;
  readonly quarantined?: boolean;
  readonly text?: string;
}

/** A change that the lifecycle does not allow, or that names a rule that is not there. Nothing was written. */
export type Refusal = {
  readonly ok: false;
  readonly code: 'not_found' | 'ambiguous' | 'not_allowed' | 'invalid' | 'duplicate';
  readonly message: string;
};
export type Change = { readonly ok: true; readonly rule: Rule } | Refusal;

/**
 * Knowledge of one project: the log in the store and its projection in memory. Every mutation appends to the log and
 * resolves after it is committed; reads never touch the store. One appender per project.
 */
export interface KnowledgeBase {
  readonly project: string;
  /** Sequence number of the last event. */
  snapshot(): number;
  list(filter?: RuleFilter): readonly Rule[];
  /** How many rules have a status. */
  count(status: RuleStatus): number;
  /** By id or unique prefix. */
  find(idOrPrefix: string): Change;
  /** Exactly this rule in exactly this version, also when newer ones exist. */
  findVersion(reference: string): Rule | undefined;
  /** Rules that are served: active, not quarantined; pinned first, then by id. */
  served(): readonly Rule[];
  history(ruleId: string): readonly KnowledgeEvent[];
  /** A new candidate. Text that breaks the grammar is `invalid`; the same normalised text as a live rule is `duplicate`. */
  propose(
    text: RuleText,
    provenance: Provenance,
    options?: { readonly quarantined?: boolean; readonly reason?: string },
  ): Promise<Change>;
  edit(idOrPrefix: string, text: Partial<RuleText>, actor: string): Promise<Change>;
  /**
   * candidate → validated, after a verdict. Here and in `activate`, `reject` and `deprecate` a rule may be named exactly,
   * `id@version`: the change is refused when the rule has been edited since, because it was meant for another text. `supersedes` names, `id@version`,
   * the rule that it was proven in the place of.
   */
  validate(ruleId: string, verdictId: string, reason: string, supersedes?: string): Promise<Change>;
  /** validated → active. The rule that it supersedes, if that is still active in this version, is deprecated with it. */
  activate(ruleId: string, actor: string, reason: string): Promise<Change>;
  /** A person's approval: candidate or validated → active, also lifts a quarantine. */
  approve(idOrPrefix: string, actor: string, reason?: string): Promise<Change>;
  /** any → archived. */
  reject(idOrPrefix: string, actor: string, reason: string, verdictId?: string): Promise<Change>;
  deprecate(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /** active → validated: of no use in production, but no harm either. A person may approve it again. */
  rest(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /** Only a person pins, and only an active rule. */
  pin(idOrPrefix: string, actor: string): Promise<Change>;
  unpin(idOrPrefix: string, actor: string): Promise<Change>;
  /** Erases the words quoted from these runs and traces, for good. Resolves with the ids of the rules that quoted them. */
  eraseQuotes(sources: QuoteSources): Promise<readonly string[]>;
}

/** Where quoted words stood. */
export interface QuoteSources {
  readonly runs: ReadonlySet<string>;
  readonly traces: ReadonlySet<string>;
}
