import type { RuleText } from '../knowledge/rule.ts';
import { stem } from '../search/stem.ts';
import { trigramsOf, type Trigrams } from '../search/trigrams.ts';
import { clausesOf, type Clause } from './clauses.ts';
import {
  AUXILIARIES,
  BEFORE_PLACE,
  BEFORE_VALUE,
  DETERMINERS,
  isContentWord,
  LIGHT_VERBS,
  STATING_VERBS,
  USING_VERBS,
} from './function-words.ts';
import { signsOf } from './negation.ts';
import { orderIn, type Order } from './order.ts';
import { plainWords } from './phrases.ts';
import { quantitiesIn, type Quantity } from './quantities.ts';

/** What a word is to its clause: the verb, what the rule is about, what is to be so, where or when, or when it applies. */
export type Role = 'verb' | 'object' | 'value' | 'place' | 'scope';

/** Whether a word of such a role says what a rule is about. */
export function isObject(role: Role): boolean {
  return role === 'object' || role === 'scope';
}

/** A content word of a rule. */
export interface Term {
  readonly word: string;
  readonly stem: string;
  /** -1 = under an odd number of negations. */
  readonly sign: 1 | -1;
  readonly role: Role;
  /** The words beside it as they stand; '' = none. */
  readonly before: string;
  readonly after: string;
  /** Names a tool, a column, a format or a unit: it has no synonyms. */
  readonly isName: boolean;
  /** How much it counts in what two rules have in common. */
  readonly weight: number;
}

export interface StatedQuantity extends Quantity {
  readonly role: Role;
  /** Stems of the content words beside it. */
  readonly near: readonly string[];
}

/** What a rule says, without why. */
export interface Claim {
  readonly text: string;
  readonly trigrams: Trigrams;
  readonly stems: ReadonlySet<string>;
  readonly terms: readonly Term[];
  readonly quantities: readonly StatedQuantity[];
  /** It sets a limit; it says there is none. */
  readonly isLimited: boolean;
  readonly isUnlimited: boolean;
  readonly order: Order | undefined;
}

const LIGHT_WEIGHT = 0.3;
const LIMITED =
  /\b(?:at most|within|up to|no more than|only|just|exactly|solely|nothing but|nothing else|limited to)\b/;
const UNLIMITED =
  /\b(?:any|unlimited|for ?ever|whatever|whichever|however|regardless|until (?:it|they)|always|every(?! \S+ (?:years?|days?|weeks?|months?|hours?|minutes?))|all|on-own|everybody|everyone|anybody|anyone|as many|as often|as long|also|too|as well|either|both)\b/;
const WORD =
  /[$€£]?\d[\d.,:]*\d[a-z%€]*|[$€£]?\d[a-z%€]*|[\p{L}_][\p{L}\p{N}_]*(?:[-'./][\p{L}\p{N}_]+)*|%/gu;
/** camelCase, ALL CAPITALS, quoted words: names of what programs know. */
const NAME = /\b[a-z]+[A-Z]\w*|\b[A-Z]{2,}\b|["`“'‘][\w-]+["`”'’](?!\w)/g;
/** So are words with signs or digits in them, and dates like dd-mm-yyyy. */
const SIGNED_NAME = /[_/.\d]|^[dmy]+-[dmy-]+$/;

/** Rules whose analysis is kept, some 6 kB each; at the limit the memory starts over. */
const CLAIMS_MAX = 10_000;
const known = new Map<string, Claim>();

/** Reads a rule: its words with what they are there for, its numbers, limits and order. */
export function claimOf({ content, appliesWhen }: Pick<RuleText, 'content' | 'appliesWhen'>): Claim {
  const key = `${appliesWhen}\n${content}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const claim = read(content, appliesWhen);
  if (known.size >= CLAIMS_MAX) known.clear();
  known.set(key, claim);
  return claim;
}

function read(content: string, appliesWhen: string): Claim {
  const names = new Set(
    [...`${content} ${appliesWhen}`.matchAll(NAME)].map(([name]) =>
      name.replaceAll(/["'`‘’“”]/g, '').toLowerCase(),
    ),
  );
  const plain = plainWords(content);
  const clauses = clausesOf(plain).filter(({ part }) => part !== 'reason');
  const said = clauses.map(({ text }) => text).join(' ');
  const situation: Clause = { text: plainWords(appliesWhen), part: 'scope' };
  const parts = [...clauses, situation].map((clause) => readClause(clause, names));
  const quantities = parts.flatMap((part) => part.quantities);
  const terms = parts.flatMap((part) => part.terms);
  return {
    text: content,
    trigrams: trigramsOf(content),
    stems: new Set(terms.map((term) => term.stem)),
    terms,
    quantities,
    isLimited:
      LIMITED.test(said) || quantities.some(({ bound, role }) => bound === 'most' && role !== 'scope'),
    isUnlimited: UNLIMITED.test(said),
    order: orderIn(plain),
  };
}

function readClause({ text, part }: Clause, names: ReadonlySet<string>): Pick<Claim, 'terms' | 'quantities'> {
  const words = text.match(WORD) ?? [];
  const isContent = (word: string): boolean => isContentWord(word) || names.has(word);
  const roles = part === 'scope' ? words.map((): Role => 'scope') : rolesOf(words, names);
  const signs = signsOf(words);
  const found = quantitiesIn(words);
  const counted = new Set(
    found.flatMap(({ at, length }) => words.map((_, index) => index).slice(at, at + length)),
  );
  const isTerm = (word: string, at: number): boolean => !counted.has(at) && isContent(word);
  const terms = words.flatMap((word, at): Term[] =>
    isTerm(word, at)
      ? [
          {
            word,
            stem: stem(word),
            sign: signs[at] ?? 1,
            role: roles[at] ?? 'object',
            before: words[at - 1] ?? '',
            after: words[at + 1] ?? '',
            isName: names.has(word) || SIGNED_NAME.test(word),
            weight: LIGHT_VERBS.has(word) ? LIGHT_WEIGHT : 1,
          },
        ]
      : [],
  );
  const quantities = found.map((quantity): StatedQuantity => {
    const { at, length } = quantity;
    const before = words.slice(0, at).filter(isTerm).slice(-2);
    const after = words.slice(at + length, at + length + 2).filter(isContentWord);
    return { ...quantity, role: roles[at] ?? 'object', near: [...before, ...after].map(stem) };
  });
  return { terms, quantities };
}

/** The role of each word of a clause, by its verb and its prepositions. */
function rolesOf(words: readonly string[], names: ReadonlySet<string>): readonly Role[] {
  const first = words.findIndex((word) => isContentWord(word) || names.has(word));
  const isUsing = USING_VERBS.has(words[first] ?? '');
  const verb = words.findIndex((word, at) => !names.has(word) && statesAt(words, at));
  const isImperative = (verb < 0 || isUsing || verb > 7) && !DETERMINERS.has(words[0] ?? '');
  const isAfterthought = /^(?:instead|rather)$/.test(words[0] ?? '');
  let role: Role = isAfterthought ? 'value' : isImperative ? 'verb' : 'object';
  return words.map((word, at) => {
    if (!isImperative && at <= verb) role = at === verb ? 'verb' : 'object';
    else if (role !== 'verb' || at > first) {
      if (BEFORE_VALUE.has(word)) role = isUsing && word === 'to' ? 'object' : 'value';
      else if (BEFORE_PLACE.has(word) && at > 0) role = isUsing && word === 'for' ? 'object' : 'place';
    }
    const own = role;
    if (role === 'verb' && (isContentWord(word) || names.has(word)))
      role = isImperative && !isUsing ? 'object' : 'value';
    return own;
  });
}

/** Whether the verb of a statement stands there: "is", "may", "costs"; "cost" after a plural. */
function statesAt(words: readonly string[], at: number): boolean {
  const [word, before] = [words[at] ?? '', words[at - 1] ?? ''];
  if (at === 0) return false;
  if (AUXILIARIES.has(word)) return true;
  if (!STATING_VERBS.has(word)) return false;
  return word.endsWith('s')
    ? !DETERMINERS.has(before) && !BEFORE_PLACE.has(before)
    : /[^s]s$/.test(before) && !STATING_VERBS.has(words[0] ?? '');
}
