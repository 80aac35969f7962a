import type { FailureSample } from './failure-samples.ts';
import { spanTexts } from './analysis-prompt.ts';
import { taskOf } from './traced-run.ts';

/** Words in a row that nobody writes twice by chance. */
const GRAM_WORDS = 8;
/** Grams of expected outputs that are remembered, some 100 bytes each. */
const GRAMS_MAX = 500_000;
/** A number of so many digits, a decimal, or a date belongs to one task; shorter and round numbers are conventions. */
const CONSTANT = /(?<![\w.-])(?:\d{4}-\d{2}-\d{2}|\d+[.,]\d+|\d{3,})(?![\w-])/g;
const ROUND = /^[1-9]0+$/;

/** What eval cases expect, as far as a lesson must not contain it: it would be the answer, not the way to it. */
export interface GoldOutputs {
  /** Whether a text repeats {@link GRAM_WORDS} words of an expected output. */
  repeatedBy(text: string): boolean;
}

export function goldOutputs(expected: Iterable<string>): GoldOutputs {
  const grams = new Set<string>();
  for (const text of expected) {
    for (const gram of gramsOf(text)) if (grams.size < GRAMS_MAX) grams.add(gram);
  }
  return { repeatedBy: (text) => gramsOf(text).some((gram) => grams.has(gram)) };
}

function gramsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  return Array.from({ length: Math.max(0, words.length - GRAM_WORDS + 1) }, (_, from) =>
    words.slice(from, from + GRAM_WORDS).join(' '),
  );
}

/**
 * A number or date of a lesson that stands in the runs of one task only, although several are shown: it was taken from that
 * task. What stands in none is knowledge, what stands in several is a convention.
 */
export function constantOfOneTask(
  content: string,
  { failures, contrasts }: FailureSample,
): string | undefined {
  const constants = (content.match(CONSTANT) ?? []).filter((constant) => !ROUND.test(constant));
  if (constants.length === 0) return undefined;
  const byTask = Map.groupBy([...failures, ...contrasts], taskOf);
  if (byTask.size < 2) return undefined;
  const texts = [...byTask.values()].map((runs) =>
    runs
      .flatMap(({ spans, outcomes }) => [
        ...spans.flatMap((span) => Object.values(spanTexts(span))),
        ...outcomes.map(({ comment }) => comment),
      ])
      .join('\n'),
  );
  const constantsIn = texts.map((text) => new Set<string>(text.match(CONSTANT) ?? []));
  return constants.find((constant) => constantsIn.filter((found) => found.has(constant)).length === 1);
}
