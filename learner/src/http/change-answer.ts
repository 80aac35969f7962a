import { z } from 'zod';
import type { Change, Refusal } from '../knowledge/knowledge-base.ts';
import { LEARNER_ACTOR } from '../knowledge/lifecycle.ts';
import { json, problem } from './problem.ts';

/** A person or a program, never the learner itself: its name stands for evidence. */
export const actor: z.ZodType<string, string | undefined> = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine((given) => given !== LEARNER_ACTOR, { error: `"${LEARNER_ACTOR}" is the service's own name` })
  .default('api');
export const reason: z.ZodType<string | undefined, string | undefined> = z
  .string()
  .trim()
  .max(1_000)
  .optional();

/** Secrets in the text of a rule are refused instead: a rule without one of its words says something else. */
export const REMARKS = ['actor', 'reason', 'because'] as const;

/** The rule after a change of the knowledge, or why there was none. */
export function changed(change: Change, status: number = 200): Response {
  return change.ok ? json({ rule: change.rule }, status) : refused(change);
}

const REFUSED_STATUS = {
  not_found: 404,
  ambiguous: 409,
  not_allowed: 409,
  duplicate: 409,
  invalid: 422,
} as const;

export function refused({ code, message }: Refusal): Response {
  const status = REFUSED_STATUS[code];
  // Problems of a text begin with the field they are about.
  if (code === 'invalid') {
    return problem({ status, code, detail: message, errors: message.replace(/\.$/, '').split('; ') });
  }
  return problem({ status, code, detail: sentence(message) });
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
