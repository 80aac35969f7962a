import type { QuoteAuthor } from '../knowledge/rule.ts';
import { authorOfOutcome, authorOfSpan, leastTrusted } from '../safety/quote-author.ts';
import { stem } from '../search/stem.ts';
import { LONG_STOP_WORDS } from '../search/stop-words.ts';
import { trigramsOf, type Trigrams } from '../search/trigrams.ts';
import { spanTexts } from './analysis-prompt.ts';
import type { Lesson } from './analyzer.ts';
import type { FoundQuote } from './evidence.ts';
import type { FailureSample } from './failure-samples.ts';
import { readingsOf } from './readings.ts';
import { isInstructionLike } from './scan.ts';

/** Text around a quote that is looked at for planted instructions, characters on each side. */
const NEIGHBOURHOOD_CHARACTERS = 200;
/** A lesson that shares this part of its trigrams with a sentence was taken from it. */
const COPIED_SHARE_MIN = 0.5;
/**
 * A sentence of this many times the trigrams of a lesson holds half of them by chance: there the lesson's words must stand in
 * it too, the same part of them.
 */
const LONG_SENTENCE_FACTOR = 2;
/** Shorter words stand in any long text. */
const TELLING_WORD_CHARACTERS_MIN = 4;
/** Sentences looked at per text, and in all texts of a sample. */
const SENTENCES_MAX = 400;
const SAMPLE_SENTENCES_MAX = 4_000;
/** Longest sentence that is compared, characters. */
const SENTENCE_CHARACTERS_MAX = 2_000;
const SENTENCE_END = /(?<=[.!?])\s+|\\n|\n|"/g;

/** How far a lesson can be trusted. */
export interface Taint {
  /** Why it must not go further without a person. */
  readonly quarantine?: string;
  /** The least trusted of those whose words it rests on. */
  readonly author: QuoteAuthor;
}

/**
 * How far a lesson can be trusted. What an agent reads can carry text meant for its maker's learner, in tool output, user
 * text, files or feedback. A lesson needs a person when nothing but such text speaks for it, or when it repeats such text in
 * whatever disguise. Otherwise it is as trusted as the least trusted author of what it quotes or repeats; beside planted text
 * nothing is more than a tool's word.
 */
export function taintOf(lesson: Lesson, found: readonly FoundQuote[], sample: FailureSample): Taint {
  const { planted, foreign } = sentencesOf(sample);
  const said = readingsOf(lesson.content).map((text) => ({
    trigrams: trigramsOf(text),
    words: tellingWords(text),
  }));
  const repeats = (sentence: Sentence): boolean =>
    said.some(
      ({ trigrams, words }) =>
        containment(trigrams, sentence.trigrams) >= COPIED_SHARE_MIN &&
        (sentence.trigrams.length < trigrams.length * LONG_SENTENCE_FACTOR ||
          holdsWords(sentence.letters, words)),
    );
  if (found.length > 0 && found.every(isPlanted))
    return { author: 'tool', quarantine: 'its only evidence is text that reads like an instruction' };
  if (planted.some(repeats))
    return { author: 'tool', quarantine: 'it repeats text from a run that reads like an instruction' };
  if (planted.length > 0) return { author: 'tool' };
  const evidence = found.map((quote) => quote.evidence);
  return { author: leastTrusted([...evidence, ...foreign.filter(repeats)]) ?? 'tool' };
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

interface Sentence {
  readonly author: QuoteAuthor;
  readonly trigrams: Trigrams;
  /** Its letters and digits alone: where words are run together they still stand in it. */
  readonly letters: string;
}

interface SampleSentences {
  /** What reads like an instruction, in every reading. */
  readonly planted: readonly Sentence[];
  /** The rest of what users and tools said. */
  readonly foreign: readonly Sentence[];
}

/** Found once per sample: the same texts are looked through for every lesson. */
const KNOWN: WeakMap<FailureSample, SampleSentences> = new WeakMap();

function sentencesOf(sample: FailureSample): SampleSentences {
  const known = KNOWN.get(sample);
  if (known !== undefined) return known;
  const planted: Sentence[] = [];
  const foreign: Sentence[] = [];
  for (const [text, author] of textsOf(sample)) {
    // By lines, and as one line would read: a line break in the middle must not take a sentence apart.
    const lines = text.replaceAll(SENTENCE_END, '\n').split('\n');
    const whole = text.replaceAll(/\s+/g, ' ').split(/(?<=[.!?"]) /);
    const sentences = [...new Set([...lines.slice(0, SENTENCES_MAX), ...whole.slice(0, SENTENCES_MAX)])];
    // Most texts hold nothing of the kind: one look at the whole spares a look at every sentence.
    const isSuspect = isInstructionLike(sentences.join('\n'));
    if (isSuspect && !sentences.some(isInstructionLike)) planted.push(...read(text, author));
    for (const sentence of sentences) {
      if (isSuspect && isInstructionLike(sentence)) planted.push(...read(sentence, author));
      else if ((author === 'tool' || author === 'user') && foreign.length < SAMPLE_SENTENCES_MAX)
        foreign.push(...read(sentence, author));
    }
  }
  const found = { planted, foreign };
  KNOWN.set(sample, found);
  return found;
}

/** A sentence as whoever sees through a disguise would repeat it. */
function read(text: string, author: QuoteAuthor): Sentence[] {
  return readingsOf(text.slice(0, SENTENCE_CHARACTERS_MAX)).map((reading) => ({
    author,
    trigrams: trigramsOf(reading),
    letters: reading.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ''),
  }));
}

/** Every text of a sample once, with its author. */
function textsOf({ failures, contrasts }: FailureSample): ReadonlyMap<string, QuoteAuthor> {
  const texts = new Map<string, QuoteAuthor>();
  for (const { spans, outcomes } of [...failures, ...contrasts]) {
    for (const span of spans) {
      const { input, output } = spanTexts(span);
      texts.set(input, authorOfSpan(span, 'input'));
      texts.set(output, authorOfSpan(span, 'output'));
    }
    for (const { comment, source } of outcomes) texts.set(comment, authorOfOutcome(source));
  }
  texts.delete('');
  return texts;
}

/** Share of the lesson's trigrams that stand in the sentence. Both ascending. */
function containment(own: Trigrams, other: Trigrams): number {
  let shared = 0;
  for (let left = 0, right = 0; left < own.length && right < other.length;) {
    const difference = (own[left] ?? 0) - (other[right] ?? 0);
    if (difference === 0) shared += 1;
    if (difference <= 0) left += 1;
    if (difference >= 0) right += 1;
  }
  return own.length === 0 ? 0 : shared / own.length;
}

/** Stems of the words of a text that do not stand in every text. */
function tellingWords(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => word.length >= TELLING_WORD_CHARACTERS_MIN && !LONG_STOP_WORDS.has(word))
    .map((word) => stem(word));
}

/** Whether a sentence holds as many of the words as make it the source of them; true when there are none to tell by. */
function holdsWords(letters: string, words: readonly string[]): boolean {
  return words.filter((word) => letters.includes(word)).length >= words.length * COPIED_SHARE_MIN;
}
