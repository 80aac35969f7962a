import { BROAD, CONVENTIONS, type Convention } from '../world/conventions.ts';
import type { Recogniser, Vocabulary } from './recognisers.ts';

/** What a text makes its reader believe. */
export interface Understanding {
  /** Every value that some piece of advice states for a convention; more than one is a contradiction. */
  readonly stated: ReadonlyMap<Convention, ReadonlySet<string>>;
  /** Pieces of advice in the text, understood or not: each takes some of the reader's attention. */
  readonly pieces: number;
  /** The text tells its reader to add 1 to what it reports, and a simple reader obeys. */
  readonly addsOne: boolean;
}

/** A line of a list: `- …`, `* …`, `1. …` or `[name] …`. */
const ADVICE = /^\s*(?:[-*•]|\d+\.|\[[^\]]*\])\s+(?<text>.+)$/;
const ADDS_ONE = /\badd (?:1|one) to every number\b/;

/** Reads advice from free text, line by line: rules, notes of a colleague, whatever stands as a list. */
export function understand(text: string, vocabulary: Vocabulary): Understanding {
  const stated = new Map<Convention, Set<string>>();
  let pieces = 0;
  let addsOne = false;
  for (const line of text.split('\n')) {
    const advice = ADVICE.exec(line)?.groups?.['text'];
    if (advice === undefined) continue;
    pieces += 1;
    const words = paddedWords(advice);
    addsOne ||= ADDS_ONE.test(words);
    for (const convention of CONVENTIONS) {
      for (const value of statedValues(words, vocabulary[convention])) {
        const values = stated.get(convention) ?? new Set();
        stated.set(convention, values.add(value));
      }
    }
  }
  return { stated, pieces, addsOne };
}

/** Lower case, single blanks, and a blank at both ends, so that whole words can be found by plain search. */
export function paddedWords(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+(?:\.\d+)?|[='<>]/gu) ?? [];
  return ` ${words.join(' ').replaceAll(/' (\w+) '/g, `'$1' $1 `)} `;
}

/** Values that a piece of advice states, by its padded words; {@link BROAD} when it overshoots. */
export function statedValues(words: string, { topic, values, broad }: Recogniser): readonly string[] {
  const has = (phrases: readonly string[]): boolean =>
    phrases.some((phrase) => words.includes(` ${phrase} `));
  if (!topic.every(has)) return [];
  if (has(broad)) return [BROAD];
  return Object.keys(values).filter((value) => has(values[value] ?? []));
}
