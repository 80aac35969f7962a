import { z } from 'zod';
import { RULE_KINDS } from '../knowledge/rule.ts';
import type { QuoteField } from './analyzer.ts';
import type { RuleKind } from '../knowledge/rule.ts';

/** An analyzer model's answer: response format `lessons`. Lengths are checked later, lesson by lesson. */
export interface LessonAnswer {
  readonly lessons: readonly AnsweredLesson[];
}

/** One lesson as the model writes it. */
export interface AnsweredLesson {
  readonly kind: RuleKind;
  readonly content: string;
  readonly appliesWhen: string;
  readonly because: string;
  readonly evidence: readonly {
    readonly span: string;
    readonly field: QuoteField;
    readonly quote: string;
  }[];
  /** Labels of kinds of failures, and names of slices. */
  readonly predicted: { readonly fixes: readonly string[]; readonly risks: readonly string[] };
}

export const ANSWERED_LESSON: z.ZodType<AnsweredLesson> = z.object({
  kind: z.enum(RULE_KINDS),
  content: z.string(),
  appliesWhen: z.string(),
  because: z.string(),
  evidence: z.array(
    z.object({ span: z.string(), field: z.enum(['input', 'output', 'outcome']), quote: z.string() }),
  ),
  // Asked for, but no lesson is lost for want of it.
  predicted: z.preprocess(
    (given) => given ?? { fixes: [], risks: [] },
    z.object({ fixes: z.array(z.string()), risks: z.array(z.string()) }),
  ),
});

export const LESSON_SCHEMA: z.ZodType<LessonAnswer> = z.object({ lessons: z.array(ANSWERED_LESSON) });
