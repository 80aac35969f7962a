import { addUsage, NO_USAGE, type ChatModel } from '../llm/chat-model.ts';
import { analysisPrompt, type SpanLabel } from './analysis-prompt.ts';
import type { Analyzer, AnalyzerResult, Lesson } from './analyzer.ts';
import { LESSON_SCHEMA, type LessonAnswer } from './lesson-schema.ts';

/** Lessons taken from one answer; more than this from four runs is noise. */
export const LESSONS_PER_ANSWER_MAX = 8;
/** An answer that is not of the asked shape is asked for once more. */
const ATTEMPTS_MAX = 2;

/** Asks a model for the lessons of a sample. */
export function createLlmAnalyzer(model: ChatModel): Analyzer {
  return {
    name: `llm:${model.name}`,
    async analyse(sample, context): Promise<AnalyzerResult> {
      const prompt = analysisPrompt(sample, context);
      let usage = NO_USAGE;
      for (let calls = 1; ; calls += 1) {
        const result = await model.complete({
          system: prompt.system,
          user: prompt.user,
          schemaName: 'lessons',
          schema: LESSON_SCHEMA,
          ...(context.signal === undefined ? {} : { signal: context.signal }),
        });
        usage = addUsage(usage, result.usage);
        if (result.ok) return { ok: true, lessons: lessonsOf(result.value, prompt.labels), calls, usage };
        if (result.failure !== 'garbage' || calls === ATTEMPTS_MAX) return { ...result, calls, usage };
      }
    },
  };
}

function lessonsOf(answer: LessonAnswer, labels: ReadonlyMap<string, SpanLabel>): Lesson[] {
  return answer.lessons.slice(0, LESSONS_PER_ANSWER_MAX).map(({ evidence, ...text }) => ({
    ...text,
    quotes: evidence.map(({ span, field, quote }) => ({
      ...(labels.get(span) ?? { runId: '', spanId: '' }),
      field,
      quote,
    })),
  }));
}
