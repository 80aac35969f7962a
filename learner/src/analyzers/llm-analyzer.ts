import { addUsage, NO_USAGE, type ChatModel } from '../llm/chat-model.ts';
import { analysisPrompt, type AnalysisPrompt } from './analysis-prompt.ts';
import type { z } from 'zod';
import type { Analyzer, AnalyzerContext, AnalyzerResult, Lesson } from './analyzer.ts';
import type { FailureSample } from './failure-samples.ts';
import { LESSON_SCHEMA, type AnsweredLesson } from './lesson-schema.ts';

/** Lessons taken from one answer; more than this from four runs is noise. */
export const LESSONS_PER_ANSWER_MAX = 8;
/** An answer that is not of the asked shape is asked for once more. */
const ATTEMPTS_MAX = 2;

/** Asks a model for the lessons of a sample. */
export function createLlmAnalyzer(model: ChatModel): Analyzer {
  return {
    name: `llm:${model.name}`,
    analyse: (sample, context) =>
      askAnalyst(model, sample, context, {
        schemaName: 'lessons',
        schema: LESSON_SCHEMA,
        instructions: '',
        lessons: (answer) => answer.lessons,
      }),
  };
}

/** What is asked for about a sample, and where the lessons stand in the answer. */
export interface AnalystQuestion<T> {
  readonly schemaName: string;
  readonly schema: z.ZodType<T>;
  /** Comes after the general instructions. */
  readonly instructions: string;
  readonly lessons: (answer: T) => readonly AnsweredLesson[];
}

/** Shows a sample to a model and takes the lessons from its answer. */
export async function askAnalyst<T>(
  model: ChatModel,
  sample: FailureSample,
  context: AnalyzerContext,
  question: AnalystQuestion<T>,
): Promise<AnalyzerResult> {
  const prompt = analysisPrompt(sample, context);
  let usage = NO_USAGE;
  for (let calls = 1; ; calls += 1) {
    const result = await model.complete({
      system: prompt.system + question.instructions,
      user: prompt.user,
      schemaName: question.schemaName,
      schema: question.schema,
      ...(context.signal === undefined ? {} : { signal: context.signal }),
    });
    usage = addUsage(usage, result.usage);
    if (result.ok)
      return {
        ok: true,
        lessons: lessonsOf(question.lessons(result.value), prompt, context.slices ?? []),
        calls,
        usage,
      };
    if (result.failure !== 'garbage' || calls === ATTEMPTS_MAX) return { ...result, calls, usage };
  }
}

function lessonsOf(
  lessons: readonly AnsweredLesson[],
  { labels, kinds }: Pick<AnalysisPrompt, 'labels' | 'kinds'>,
  slices: readonly string[],
): Lesson[] {
  return lessons.slice(0, LESSONS_PER_ANSWER_MAX).map(({ evidence, predicted, ...text }) => ({
    ...text,
    predicted: {
      fixes: [...new Set(predicted.fixes.flatMap((label) => kinds.get(label) ?? []))],
      risks: slices.filter((name) => predicted.risks.includes(name)),
    },
    quotes: evidence.map(({ span, field, quote }) => ({
      ...(labels.get(span) ?? { runId: '', spanId: '' }),
      field,
      quote,
    })),
  }));
}
