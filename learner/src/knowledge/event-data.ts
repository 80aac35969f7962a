import { z } from 'zod';
import {
  QUOTE_AUTHORS,
  RULE_KINDS,
  RULE_PRIORITIES,
  RULE_STATUSES,
  type Evidence,
  type Provenance,
  type Rule,
  type RuleText,
} from './rule.ts';

/** Payload of `proposed`. */
export interface ProposedData {
  readonly text: RuleText;
  readonly tokens: number;
  readonly provenance: LoggedProvenance;
  readonly reason: string;
}

/** Quotes and whom they are of are kept apart: their place and seal stand here. */
export interface LoggedProvenance extends Omit<Provenance, 'evidence'> {
  readonly evidence: readonly Omit<Evidence, 'quote' | 'principal'>[];
}

/** Payload of `edited`. */
export interface EditedData {
  readonly text: RuleText;
  readonly tokens: number;
}

/** Payload of `restored`: what the rule is now, besides what never changes. */
export interface RestoredData extends Pick<
  Rule,
  | 'version'
  | 'status'
  | 'quarantined'
  | 'priority'
  | 'reason'
  | 'supersedes'
  | 'approvedBy'
  | 'verdictId'
  | 'expiresAt'
> {
  /** Position that was restored. */
  readonly from: number;
}

/** Payload of `snapshotted`. */
export interface SnapshottedData {
  readonly reason: string;
  readonly tag?: string;
  readonly restores?: number;
}

/** Payload of every other event. */
export interface JudgedData {
  readonly reason: string;
  /** Of `expiry_set`: ISO time, `null` = none of its own. */
  readonly expiresAt?: string | null | undefined;
  /** Of `pin_requested` and `pinned`: id of the API key. */
  readonly key?: string | undefined;
  readonly verdictId?: string | undefined;
  /** Rule that this one was proven in the place of, `id@version`. */
  readonly supersedes?: string | undefined;
}

const ruleText: z.ZodType<RuleText> = z.object({
  kind: z.enum(RULE_KINDS),
  content: z.string(),
  appliesWhen: z.string(),
  tags: z.array(z.string()),
});

const evidence = z.object({
  runId: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  field: z.string(),
  sha256: z.string(),
  author: z.enum(QUOTE_AUTHORS).exactOptional(),
});

const provenance = z.object({
  origin: z.enum(['analyzer', 'human', 'import']),
  by: z.string(),
  learnId: z.string().exactOptional(),
  signature: z.string().exactOptional(),
  because: z.string().exactOptional(),
  predicted: z.object({ fixes: z.array(z.string()), risks: z.array(z.string()) }).exactOptional(),
  agent: z.string().exactOptional(),
  taint: z.enum(QUOTE_AUTHORS).exactOptional(),
  conflictsWith: z.array(z.string()).exactOptional(),
  compatibleWith: z.array(z.string()).exactOptional(),
  evidence: z.array(evidence),
});

const proposed: z.ZodType<ProposedData> = z.object({
  text: ruleText,
  tokens: z.number(),
  provenance,
  reason: z.string(),
});
const edited: z.ZodType<EditedData> = z.object({ text: ruleText, tokens: z.number() });
const judged: z.ZodType<JudgedData> = z.object({
  reason: z.string(),
  expiresAt: z.string().nullable().optional(),
  key: z.string().optional(),
  verdictId: z.string().optional(),
  supersedes: z.string().optional(),
});
const restored: z.ZodType<RestoredData> = z.object({
  from: z.number(),
  version: z.number(),
  status: z.enum(RULE_STATUSES),
  quarantined: z.boolean(),
  priority: z.enum(RULE_PRIORITIES),
  reason: z.string(),
  supersedes: z.string().exactOptional(),
  approvedBy: z.string().exactOptional(),
  verdictId: z.string().exactOptional(),
  expiresAt: z.string().exactOptional(),
});
const snapshotted: z.ZodType<SnapshottedData> = z.object({
  reason: z.string(),
  tag: z.string().exactOptional(),
  restores: z.number().exactOptional(),
});

/** Decoders of the `data` column; they throw on a payload that this version does not understand. */
export const decodeProposed = (data: string): ProposedData => proposed.parse(JSON.parse(data));
export const decodeEdited = (data: string): EditedData => edited.parse(JSON.parse(data));
export const decodeRestored = (data: string): RestoredData => restored.parse(JSON.parse(data));
export const decodeSnapshotted = (data: string): SnapshottedData => snapshotted.parse(JSON.parse(data));
export const decodeJudged = (data: string): JudgedData => judged.parse(JSON.parse(data));
