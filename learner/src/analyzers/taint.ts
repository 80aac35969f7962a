import type { Lesson } from './analyzer.ts';
import { spanTexts } from './analysis-prompt.ts';
import type { FoundQuote } from './evidence.ts';
import type { FailureSample } from './failure-samples.ts';
import { isInstructionLike } from './scan.ts';
import { jaccard, trigramsOf } from '../search/trigrams.ts';

/** Text around a quote that is looked at for planted instructions, characters on each side. */
const NEIGHBOURHOOD_CHARACTERS = 200;
/** A lesson that shares this part of its trigrams with a planted sentence was copied from it. */
const COPIED_SHARE_MIN = 0.5;
/** Sentences looked at per text. */
const SENTENCES_MAX = 400;
const SENTENCE_END = /(?<=[.!?])\s+|\\n|"/g;

/**
 * Why a lesson must not go further without a person, or `undefined`. What an agent reads can carry text meant for its
 * maker's learner, in tool output, user text, files or feedback: a lesson is tainted when nothing but such text speaks
 * for it, or when it repeats such text.
 */
export function taintOf(
  lesson: Lesson,
  found: readonly FoundQuote[],
  sample: FailureSample,
): string | undefined {
  if (found.length > 0 && found.every(isPlanted))
    return 'its only evidence is text that reads like an instruction';
  const isCopied = plantedIn(sample).some(
    (sentence) => containment(lesson.content, sentence) >= COPIED_SHARE_MIN,
  );
  return isCopied ? 'it repeats text from a run that reads like an instruction' : undefined;
}

function isPlanted({ evidence, context }: FoundQuote): boolean {
  return isInstructionLike(around(context, evidence.quote));
}

function around(context: string, quote: string): string {
  const at = context.indexOf(quote);
  if (at < 0) return context;
  return context.slice(
    Math.max(0, at - NEIGHBOURHOOD_CHARACTERS),
    at + quote.length + NEIGHBOURHOOD_CHARACTERS,
  );
}

/** Found once per sample: the same texts are looked through for every lesson. */
const PLANTED: WeakMap<FailureSample, readonly string[]> = new WeakMap();

function plantedIn(sample: FailureSample): readonly string[] {
  const known = PLANTED.get(sample);
  if (known !== undefined) return known;
  const texts = [...sample.failures, ...sample.contrasts].flatMap(({ spans, outcomes }) => [
    ...spans.flatMap((span) => Object.values(spanTexts(span))),
    ...outcomes.map(({ comment }) => comment),
  ]);
  const planted = [...new Set(texts)].flatMap(plantedSentences);
  PLANTED.set(sample, planted);
  return planted;
}

function plantedSentences(text: string): string[] {
  const lines = text.replaceAll(SENTENCE_END, '\n');
  // Most texts hold nothing of the kind: one look at the whole spares a look at every sentence.
  return isInstructionLike(lines) ? lines.split('\n').slice(0, SENTENCES_MAX).filter(isInstructionLike) : [];
}

/** Share of the lesson's trigrams that stand in the sentence. */
function containment(lesson: string, sentence: string): number {
  const own = trigramsOf(lesson);
  const other = trigramsOf(sentence);
  const shared = jaccard(own, other);
  // |A∩B| from the Jaccard index: j(|A|+|B|)/(1+j).
  return own.length === 0 ? 0 : (shared * (own.length + other.length)) / (1 + shared) / own.length;
}
