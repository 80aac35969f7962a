/** What a rule is, and what it may become. */
export const RULE_KINDS = ['skill', 'checklist', 'routing_rule', 'anti_pattern', 'code_template'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

export const RULE_STATUSES = ['candidate', 'validated', 'active', 'deprecated', 'archived'] as const;
export type RuleStatus = (typeof RULE_STATUSES)[number];

export const RULE_PRIORITIES = ['normal', 'pinned'] as const;
export type RulePriority = (typeof RULE_PRIORITIES)[number];

/** Longest content of a rule, characters; a `code_template` may have {@link TEMPLATE_CHARACTERS_MAX}. */
export const RULE_CHARACTERS_MAX = 400;
export const TEMPLATE_CHARACTERS_MAX = 1_200;
export const CHECKLIST_LINES_MAX = 8;

/** A verbatim quote from a span that taught a rule. Kept after the span expires. */
export interface Evidence {
  readonly runId: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Column of the span the quote stands in: `input`, `output`, `status_message`, or `outcome.comment`. */
  readonly field: string;
  /** `''` = erased. */
  readonly quote: string;
  /** SHA-256 of the quote, hex; once it is written down, of a salt, the principal and the quote. */
  readonly sha256: string;
  /** Who wrote these words; absent in what older versions wrote down: nobody knows. */
  readonly author?: QuoteAuthor;
  /** Pseudonym of whom the quoted run was for; absent = the run names nobody, or it was erased. */
  readonly principal?: string;
}

/**
 * Who can put words where they were quoted, least trusted first: what a tool or a retriever returned, what a user wrote or
 * said afterwards, what the model wrote, what a check or the program itself said.
 */
export const QUOTE_AUTHORS = ['tool', 'user', 'model', 'check'] as const;
export type QuoteAuthor = (typeof QUOTE_AUTHORS)[number];

/** What whoever proposed a rule expects of it. It is checked later, and nothing is decided upon it. */
export interface Prediction {
  /** Signatures of failures that the rule prevents. */
  readonly fixes: readonly string[];
  /** Tags of tasks that it may harm. */
  readonly risks: readonly string[];
}

/** Where a rule came from. */
export interface Provenance {
  /** `analyzer`, `human` or `import`. */
  readonly origin: 'analyzer' | 'human' | 'import';
  /** Who did it: analyzer name and model, or the person. */
  readonly by: string;
  /** Learning pass that proposed it. */
  readonly learnId?: string;
  /** Failure signature of the cluster that taught it. */
  readonly signature?: string;
  readonly because?: string;
  readonly predicted?: Prediction;
  /** Agent whose runs taught it, if they name one. */
  readonly agent?: string;
  /** Rules that a model found it to contradict when it was learned: it is tested in the place of the one in force. Ids. */
  readonly conflictsWith?: readonly string[];
  /** Rules that it can be followed beside, as the model saw it, whatever their words look like. Ids. */
  readonly compatibleWith?: readonly string[];
  /** The least trusted of those whose words it rests on; absent in what people wrote, and in what older versions did. */
  readonly taint?: QuoteAuthor;
  readonly evidence: readonly Evidence[];
}

/** The first of two people who pin a rule. */
export interface PinRequest {
  readonly actor: string;
  /** Id of the API key that was used; '' = the service has no keys. */
  readonly key: string;
}

/** Everything about a rule that a person or an analyzer writes. A change of any of these makes a new version. */
export interface RuleText {
  readonly kind: RuleKind;
  readonly content: string;
  readonly appliesWhen: string;
  readonly tags: readonly string[];
}

/** A rule as the projection of the knowledge log shows it. */
export interface Rule extends RuleText {
  readonly project: string;
  readonly id: string;
  /** From 1; grows with every edit of the text. */
  readonly version: number;
  readonly status: RuleStatus;
  readonly quarantined: boolean;
  readonly priority: RulePriority;
  /** o200k_base tokens of the rendered rule, counted once when it is written. */
  readonly tokens: number;
  readonly provenance: Provenance;
  /** Why it has its status: the reason of the last status change. */
  readonly reason: string;
  /** Rule that it was proven in the place of, `id@version`. */
  readonly supersedes?: string;
  /** Person who approved this text, if one did. */
  readonly approvedBy?: string;
  /** Newest verdict about it, if it was validated. */
  readonly verdictId?: string;
  /** When it ends by itself, if somebody said so. ISO time. */
  readonly expiresAt?: string;
  /** Who asked for it to be pinned, while a second person is awaited. */
  readonly pinRequest?: PinRequest;
  /** ISO times of the service's clock. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
