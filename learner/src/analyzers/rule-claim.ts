import { stem } from '../search/stem.ts';
import { NEGATIVE_WORDS, NUMBER_WORDS, SAME_WORDS } from './claim-words.ts';

/** What is compared of the text of a rule. */
export interface Claim {
  readonly text: string;
  /** Stems of what it is about: no polarity, no numbers, no names. */
  readonly subject: ReadonlySet<string>;
  /** All its stems. */
  readonly stems: ReadonlySet<string>;
  readonly numbers: ReadonlySet<string>;
  /** Names of tools, tables, columns and formats. */
  readonly names: ReadonlySet<string>;
  /** Odd number of negations. */
  readonly isNegated: boolean;
  /** It sets a limit; it says there is none. */
  readonly isLimited: boolean;
  readonly isUnlimited: boolean;
  /** What comes first, and what then; undefined = it says nothing about order. */
  readonly order: readonly [ReadonlySet<string>, ReadonlySet<string>] | undefined;
}

const STOP: ReadonlySet<string> = new Set(
  'a an the of to in on at for from with by as is are was were be been being it its they them their this that these those and or but if when while must should shall may can will would do does did has have had need needs take takes use used using one who whom which what there here so also then first only just ever every all any each whole once already still up out about into per within after before until than more most less least own same'
    .split(' ')
    .map((word) => stem(word)),
);
const NEGATIVE_WORD: RegExp = new RegExp(`^(?:${NEGATIVE_WORDS.source})$`);
const NAME = /\b[a-z]+(?:_[a-z0-9]+)+\b|\b[A-Z]{2,}(?:[-./][A-Z]{2,})+\b|\bunix time\b/g;
const NUMBER = /(?<![\w-])\d+(?:[.,]\d+)*(?![\w-])/g;
const LIMITED = /\b(?:at most|within|up to|no more than|not more than|only|just|exactly)\b/;
const UNLIMITED =
  /\b(?:any time|until|unlimited|for ?ever|whatever|regardless|no matter|always|every|all|alone|any)\b/;
/** A negation that only turns a limit around says nothing else: "do not retry more than 3 times". */
const NEGATED_LIMIT = /\b(?:not|no|never)\b([^.;:]{0,60}?)\b(?:more|later|longer|less) than\b/g;

/** Texts whose analysis is kept, some 3 kB each; at the limit the memory starts over. */
const CLAIMS_MAX = 20_000;
const known = new Map<string, Claim>();

export function claimOf(given: string): Claim {
  const before = known.get(given);
  if (before !== undefined) return before;
  const claim = read(given.normalize('NFKC').trim());
  if (known.size >= CLAIMS_MAX) known.clear();
  known.set(given, claim);
  return claim;
}

function read(given: string): Claim {
  const text = given.toLowerCase();
  const plain = given.replaceAll(NAME, ' ').toLowerCase().replaceAll(NEGATED_LIMIT, ' $1 at most ');
  const stems = stemsOf(plain);
  return {
    text,
    stems,
    subject: new Set([...stems].filter(isSubject)),
    numbers: new Set([
      ...(plain.match(NUMBER) ?? []),
      ...[...words(plain)].flatMap((word) => NUMBER_WORDS[word] ?? []),
    ]),
    names: new Set((given.match(NAME) ?? []).map((name) => name.toLowerCase())),
    isNegated: (plain.match(NEGATIVE_WORDS)?.length ?? 0) % 2 === 1,
    isLimited: LIMITED.test(plain),
    isUnlimited: UNLIMITED.test(plain),
    order: orderOf(plain),
  };
}

function words(text: string): string[] {
  return text.match(/[\p{L}_]+/gu) ?? [];
}

function stemsOf(text: string): ReadonlySet<string> {
  return new Set(words(text).map((word) => stem(SAME_WORDS[word] ?? word)));
}

function isSubject(word: string): boolean {
  return word.length > 1 && !STOP.has(word) && !NEGATIVE_WORD.test(word) && NUMBER_WORDS[word] === undefined;
}

/** Ways to say in which order two things are done; `a` is first. */
const ORDERS: readonly RegExp[] = [
  /^first,? (?<a>.+?),? (?:and )?then (?<b>.+)$/,
  /^(?<a>.+?) comes? first,? then (?<b>.+)$/,
  /^(?<a>.+?) first,? (?:and )?then (?<b>.+)$/,
  /^before (?<b>.+?), (?<a>.+)$/,
  /^after (?<a>.+?), (?<b>.+)$/,
  /^once (?<a>.+?), (?<b>.+)$/,
  /^(?<b>.+?),? (?:only )?(?:after|once) (?<a>.+)$/,
  /^(?<a>.+?),? before (?<b>.+)$/,
];

function orderOf(text: string): Claim['order'] {
  const sentence = text.replace(/[.!]+$/, '');
  for (const pattern of ORDERS) {
    const { a, b } = pattern.exec(sentence)?.groups ?? {};
    if (a === undefined || b === undefined) continue;
    const [first, then] = [a, b].map((part) => new Set([...stemsOf(part)].filter(isSubject)));
    if (first !== undefined && then !== undefined && first.size > 0 && then.size > 0) return [first, then];
  }
  return undefined;
}
