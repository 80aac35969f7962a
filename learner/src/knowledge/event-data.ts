import { z } from 'zod';
import { QUOTE_AUTHORS, RULE_KINDS, type Evidence, type Provenance, type RuleText } from './rule.ts';

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

/** Payload of every other event. */
export interface JudgedData {
  readonly reason: string;
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
  agent: z.string().exactOptional(),
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
  verdictId: z.string().optional(),
  supersedes: z.string().optional(),
});

/** Decoders of the `data` column; they throw on a payload that this version does not understand. */
export const decodeProposed = (data: string): ProposedData => proposed.parse(JSON.parse(data));
export const decodeEdited = (data: string): EditedData => edited.parse(JSON.parse(data));
export const decodeJudged = (data: string): JudgedData => judged.parse(JSON.parse(data));
