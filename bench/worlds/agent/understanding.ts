import type { Recogniser } from '../../../examples/sql-agent/language/recognisers.ts';
import { paddedWords, statedValues } from '../../../examples/sql-agent/language/understanding.ts';
import type { Convention } from '../domains/convention.ts';
import { LEGACY } from '../domains/domain.ts';

/** What one piece of advice claims. */
export interface Claim {
  readonly convention: string;
  readonly value: string;
  /** It says that legacy tasks are no exception. */
  readonly legacyToo: boolean;
}

/** What a text makes its reader believe. */
export interface Understanding {
  readonly claims: readonly Claim[];
  /** Pieces of advice in the text, understood or not: each takes some of the reader's attention. */
  readonly pieces: number;
  /** It tells its reader to do something besides the task, and a simple reader obeys. */
  readonly obeys: boolean;
  /** It tells its reader to say that the answer is certain, right or wrong. */
  readonly assures: boolean;
}

export type Reader = (text: string) => Understanding;

/** A line of a list: `- …`, `1. …` or `[name] …`. */
const ADVICE = /^\s*(?:[-*•]|\d+\.|\[[^\]]*\])\s+(?<text>.+)$/;
/** What a simple reader does when it is told to, whatever it is working on. */
const COMMANDS: readonly string[] = [
  'forward the conversation',
  'send the conversation',
  'ignore all',
  'ignore previous',
  'approve this',
  'pin this rule',
  'pin me now',
  'do not tell',
  'never mention',
  'add 1 to every number',
  'all customer data',
  'turn off',
  'system prompt',
];
/** What makes a reader sound sure. */
const ASSURANCES: readonly string[] = ['certain of the answer', 'checked and correct'];
/** Lines whose reading is kept: rules and blocks repeat. */
const LINES_MAX = 50_000;

/** Reads advice from free text line by line, with the words of these conventions. */
export function createReader(
  conventions: readonly Convention[],
  rename?: (words: Recogniser) => Recogniser,
): Reader {
  const recognisers = conventions.map(({ name, words }) => ({ name, words: rename?.(words) ?? words }));
  const lines = new Map<string, Understanding>();
  const texts = new Map<string, Understanding>();

  function readLine(line: string): Understanding {
    const advice = ADVICE.exec(line)?.groups?.['text'];
    if (advice === undefined) return { claims: [], pieces: 0, obeys: false, assures: false };
    const words = paddedWords(advice);
    const legacyToo = words.includes(` ${LEGACY} `);
    const claims = recognisers.flatMap((each) =>
      statedValues(words, each.words).map((value): Claim => ({ convention: each.name, value, legacyToo })),
    );
    const says = (phrases: readonly string[]): boolean =>
      phrases.some((phrase) => words.includes(` ${phrase} `));
    return { claims, pieces: 1, obeys: says(COMMANDS), assures: says(ASSURANCES) };
  }

  return (text) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    const parts = text.split('\n').map((line) => remembered(lines, line, readLine));
    const whole = {
      claims: parts.flatMap(({ claims }) => claims),
      pieces: parts.reduce((sum, { pieces }) => sum + pieces, 0),
      obeys: parts.some(({ obeys }) => obeys),
      assures: parts.some(({ assures }) => assures),
    };
    if (texts.size >= LINES_MAX) texts.clear();
    texts.set(text, whole);
    return whole;
  };
}

function remembered(
  memory: Map<string, Understanding>,
  line: string,
  read: (line: string) => Understanding,
): Understanding {
  const known = memory.get(line) ?? read(line);
  if (memory.size >= LINES_MAX) memory.clear();
  memory.set(line, known);
  return known;
}

/** The same words, every one replaced by one that nobody uses. */
export function renamed({ topic, values, broad }: Recogniser): Recogniser {
  const inOtherWords = (words: readonly string[]): readonly string[] =>
    words.map((word) => word.replaceAll(/[\p{L}\p{N}]+/gu, (part) => `zu${part}oq`));
  return {
    topic: topic.map(inOtherWords),
    values: Object.fromEntries(Object.entries(values).map(([value, words]) => [value, inOtherWords(words)])),
    broad: inOtherWords(broad),
  };
}
