import { z } from 'zod';
import type { ChatModel } from '../llm/chat-model.ts';
import type { Analyzer } from './analyzer.ts';
import { ANSWERED_LESSON, type AnsweredLesson } from './lesson-schema.ts';
import { askAnalyst, createLlmAnalyzer } from './llm-analyzer.ts';

/** Fewer failed runs than this show no pattern: they are read one by one. */
export const BATCH_RUNS_MIN = 3;
/** Most failed runs in one question. */
export const BATCH_RUNS_MAX = 20;

interface PatternAnswer {
  readonly patterns: readonly {
    readonly description: string;
    readonly affectedRuns: readonly string[];
    readonly fix: AnsweredLesson;
  }[];
}

const PATTERN_SCHEMA: z.ZodType<PatternAnswer> = z.object({
  patterns: z.array(
    z.object({
      description: z.string(),
      affectedRuns: z.array(z.string()),
      fix: ANSWERED_LESSON,
    }),
  ),
});

/**
 * Looks for what many failures of one kind have in common: up to {@link BATCH_RUNS_MAX} runs in one question instead of a close
 * look at a few. A pattern must name at least {@link BATCH_RUNS_MIN} of the failed runs shown; small clusters get the close look.
 */
export function createBatchAnalyzer(model: ChatModel): Analyzer {
  const single = createLlmAnalyzer(model);
  return {
    name: `batch:${model.name}`,
    failuresPerSample: BATCH_RUNS_MAX,
    analyse(sample, context) {
      if (sample.failures.length < BATCH_RUNS_MIN) return single.analyse(sample, context);
      const shown = new Set(sample.failures.map((_, index) => `R${index + 1}`));
      return askAnalyst(model, sample, context, {
        schemaName: 'patterns',
        schema: PATTERN_SCHEMA,
        instructions: INSTRUCTIONS,
        lessons: ({ patterns }) =>
          patterns
            .filter(
              ({ affectedRuns }) =>
                [...shown].filter((label) => affectedRuns.includes(label)).length >= BATCH_RUNS_MIN,
            )
            .map(({ description, fix }) => ({ ...fix, because: description })),
      });
    },
  };
}

const INSTRUCTIONS = `

The failed runs below are of one kind. Look for what several of them have in common, not for what is special about one. Answer with JSON in this form instead: {"patterns": [{"description": what they share, "affectedRuns": labels of the failed runs that show it, at least ${BATCH_RUNS_MIN}, "fix": one lesson as described above}]}. No pattern is better than a guess: answer {"patterns": []} when there is none.`;
