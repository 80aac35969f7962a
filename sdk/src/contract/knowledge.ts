import { isRecord, Problems, type Decoded } from './decode.ts';

/**
 * How a `get_knowledge` answer came about: `served` (rules by retrieval and coins), `holdout` (the unit is in the global
 * hold-out: no text), `override` (a trial or evaluation named its rule set: no coins), `abstained` (nothing relevant).
 */
export const ARMS = ['served', 'holdout', 'override', 'abstained'] as const;
export type Arm = (typeof ARMS)[number];

/**
 * Text formats of an answer. The others reproduce the bytes of agentlearn's injectors: `agentlearn-v1` of its default one,
 * `agentlearn-list-v1` of those with one list, `agentlearn-index-v1` of the one whose rules are loaded with `recall_knowledge`.
 */
export const INJECTION_FORMATS = [
  'tracelore-v1',
  'agentlearn-v1',
  'agentlearn-list-v1',
  'agentlearn-index-v1',
] as const;
export type InjectionFormat = (typeof INJECTION_FORMATS)[number];

/** Named rule sets for evaluations: `active` = every promoted rule without coins, `none` = no rules at all. */
export type KnowledgeOverride = 'active' | 'none' | readonly string[];

/** Body of `POST /v1/knowledge/get`. */
export interface KnowledgeRequest {
  /** What the agent is about to do, in its user's words. */
  readonly task: string;
  readonly project?: string;
  readonly agent?: string;
  /** Conversation or session: the default unit of randomisation. */
  readonly session?: string;
  /** Unit of randomisation; default: session, else run. */
  readonly unit?: string;
  readonly run?: string;
  /** Trial whose rule set is asked for; the answer's arm is `override`. */
  readonly trial?: string;
  /** Rule set for an evaluation: `active`, `none`, or rule ids (`id` or `id@version`). */
  readonly override?: KnowledgeOverride;
  readonly fingerprint?: string;
  /** Token budget of the text (o200k_base tokens). */
  readonly maxTokens?: number;
  readonly format?: InjectionFormat;
}

/** One rule in an answer. */
export interface KnowledgeItem {
  readonly id: string;
  readonly version: number;
  readonly kind: string;
  readonly content: string;
  readonly appliesWhen: string;
  readonly pinned: boolean;
}

/** Answer of `POST /v1/knowledge/get`. `text` is `""` when nothing is to be injected. */
export interface KnowledgeAnswer {
  readonly text: string;
  readonly items: readonly KnowledgeItem[];
  /** Id of the immutable decision record. */
  readonly decision: string;
  /** Position in the knowledge log the answer was made from. */
  readonly snapshot: number;
  readonly arm: Arm;
}

/** `id@version`, the form in which rules stand on spans. */
export function itemReference(item: Pick<KnowledgeItem, 'id' | 'version'>): string {
  return `${item.id}@${item.version}`;
}

/** Decodes an answer from JSON; every problem is listed with its field. */
export function decodeKnowledgeAnswer(value: unknown): Decoded<KnowledgeAnswer> {
  const problems = new Problems();
  if (!isRecord(value)) return problems.fail('', 'an object', value);
  return problems.result({
    text: problems.text(value['text'], 'text'),
    decision: problems.text(value['decision'], 'decision'),
    snapshot: problems.integer(value['snapshot'], 'snapshot', 0),
    arm: problems.oneOf(value['arm'], 'arm', ARMS),
    items: problems.list(value['items'], 'items', (item, field) => decodeItem(problems, item, field)),
  });
}

function decodeItem(problems: Problems, value: unknown, field: string): KnowledgeItem {
  const item = isRecord(value) ? value : {};
  return {
    id: problems.string(item['id'], `${field}.id`),
    version: problems.integer(item['version'], `${field}.version`, 1),
    kind: problems.string(item['kind'], `${field}.kind`),
    content: problems.text(item['content'], `${field}.content`),
    appliesWhen: problems.text(item['appliesWhen'], `${field}.appliesWhen`),
    pinned: item['pinned'] === true,
  };
}
