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
  'expiry_set',
  'expired',
  'pin_requested',
  'reopened',
  'purged',
  'restored',
  'snapshotted',
] as const;
export type KnowledgeEventType = (typeof KNOWLEDGE_EVENT_TYPES)[number];

/** `ruleId` of events that are about the knowledge as a whole. */
export const NO_RULE = '';

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

/** A position of the log that somebody marked, to find it again. Every other position is a snapshot too. */
export interface Snapshot {
  /** Sequence number of the event that marked it: the knowledge after it, which is also that before it. */
  readonly position: number;
  /** Unique in the project. */
  readonly tag?: string;
  readonly reason: string;
  readonly actor: string;
  /** ISO time of the service's clock. */
  readonly at: string;
  /** Rules in force there. */
  readonly inForce: number;
  /** Position that was restored by what came just before it. */
  readonly restores?: number;
}

/** Why a rule came back from a snapshot otherwise than it was there. */
export interface KeptBack {
  readonly ruleId: string;
  readonly why: string;
}

export interface Restored {
  readonly ok: true;
  /** Marks the state after it. */
  readonly snapshot: Snapshot;
  /** Position that was restored. */
  readonly from: number;
  /** Ids of the rules that were changed. */
  readonly changed: readonly string[];
  readonly keptBack: readonly KeptBack[];
}

/** What a purge did; ids of rules. */
export interface Purged {
  readonly ok: true;
  /** Taught by the source alone, or standing on such a rule: archived for ever. */
  readonly removed: readonly string[];
  /** Taught by others too, or proven in the place of a removed rule: candidates again, to be proven without it. */
  readonly reopened: readonly string[];
}

/** Who is to be purged as a teacher of rules. */
export interface PurgeSource {
  /** Pseudonyms of those whose runs were quoted. */
  readonly principals: ReadonlySet<string>;
  /** Names of people and imports that wrote rules down. */
  readonly authors: ReadonlySet<string>;
  /** Pseudonyms of those whose runs taught a rule again after it was written down, by its id. */
  readonly supporters?: ReadonlyMap<string, ReadonlySet<string>>;
}

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
   * candidate → validated, after a verdict: it waits for a person. Here and in `promote`, `reject` and `deprecate` a rule may
   * be named exactly, `id@version`: the change is refused when the rule has been edited since, because it was meant for
   * another text. `supersedes` names, `id@version`, the rule that it was proven in the place of.
   */
  validate(ruleId: string, verdictId: string, reason: string, supersedes?: string): Promise<Change>;
  /**
   * candidate → active, after a verdict, in one step. The rule that it supersedes, if that is still active in this version,
   * is deprecated with it.
   */
  promote(ruleId: string, verdictId: string, reason: string, supersedes?: string): Promise<Change>;
  /** A person's approval: candidate or validated → active, also lifts a quarantine. */
  approve(idOrPrefix: string, actor: string, reason?: string): Promise<Change>;
  /** any → archived. */
  reject(idOrPrefix: string, actor: string, reason: string, verdictId?: string): Promise<Change>;
  deprecate(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /** active → validated: of no use in production, but no harm either. A person may approve it again. */
  rest(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /**
   * Only a person pins, and only an active rule. Where two people are needed the first one asks: the rule then says so, and
   * stays as it is. `key` = id of the API key he used; with keys the second needs another one, not only another name.
   */
  pin(idOrPrefix: string, actor: string, key?: string): Promise<Change>;
  unpin(idOrPrefix: string, actor: string): Promise<Change>;
  /** Holds a live rule back for a person, with the reason. */
  quarantine(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /** A person lifts a quarantine; the rule goes on from where it stands. */
  release(idOrPrefix: string, actor: string, reason: string): Promise<Change>;
  /** When a live rule ends by itself, ISO time; `null` = by the default again. */
  setExpiry(idOrPrefix: string, actor: string, expiresAt: string | null, reason: string): Promise<Change>;
  /**
   * Makes every active rule whose time is up a candidate again, to be proven anew. `ttlMs` after it came into service, unless
   * it has a time of its own; 0 = only those. Pinned rules have no default. Resolves with their ids.
   */
  expireDue(ttlMs: number): Promise<readonly string[]>;
  /** Marked positions, oldest first. */
  snapshots(): readonly Snapshot[];
  /** A tag that is taken is a `duplicate`. */
  takeSnapshot(options: {
    readonly actor: string;
    readonly tag?: string;
    readonly reason?: string;
  }): Promise<{ readonly ok: true; readonly snapshot: Snapshot } | Refusal>;
  /** Position that a tag, a number, or an ISO time names: the last event at or before that time. */
  positionOf(reference: string): { readonly ok: true; readonly position: number } | Refusal;
  /** Every rule as it was after the event at this position, in the order in which they were proposed. */
  rulesAt(position: number): readonly Rule[];
  /**
   * Brings back what was in force at a position, by events that say so. Whatever happened since stays in the log. The texts
   * are scanned again, what was purged stays away, quarantines stay; the learner itself brings back only what another rule
   * had taken the place of.
   *
   * @param spares ids of rules that stay as they are: proven since
   */
  restore(
    reference: string,
    actor: string,
    reason: string,
    spares?: ReadonlySet<string>,
  ): Promise<Restored | Refusal>;
  /** Removes what a source taught, and all that stands on it. Only a person does this. */
  purge(source: PurgeSource, actor: string, reason: string): Promise<Purged | Refusal>;
  /** What a purge would do now. */
  planPurge(source: PurgeSource): Pick<Purged, 'removed' | 'reopened'>;
  /** Erases the words quoted from these runs and traces, for good. Resolves with the ids of the rules that quoted them. */
  eraseQuotes(sources: QuoteSources): Promise<readonly string[]>;
}

/** Where quoted words stood. */
export interface QuoteSources {
  readonly runs: ReadonlySet<string>;
  readonly traces: ReadonlySet<string>;
}
