import type { Places } from './named-values.ts';
import { SENSITIVE_CHARACTERS_MAX, SENSITIVE_ENDING, SENSITIVE_TAILS } from './sensitive-names.ts';
import type { Runs } from './runs.ts';
import { keyAt, triplesOf, type Triples } from './triples.ts';

/** Characters between a name and its `:` or `=`, at most: a quote with backslashes before it, spaces. */
const CLOSE_CHARACTERS_MAX = 16 + 8;
/** Characters of `bearer` and the spaces behind it. */
const SCHEME_CHARACTERS_MAX = 6 + 4;
const SCHEME_BEFORE = /(?<=\b(?:bearer|basic) {1,4})/iy;

const NOWHERE: Places = { next: () => -1 };
const [QUOTE, APOSTROPHE, BACKSLASH] = [34, 39, 92] as const;

/** Looks for the sensitive names and schemes in front of values. */
export class ValueNames {
  /** Source of a regular expression for the end of a name; use with the flag `i`. */
  readonly ending: string;
  readonly #charactersMax: number;
  /** The last three characters of the names; all there are when one is so short or odd that its end tells nothing. */
  readonly tails: Triples;
  readonly #isAnyName: boolean;
  readonly #before: RegExp;

  /** `more` are further names. */
  constructor(more: readonly string[]) {
    const names = more.map((name) => name.replaceAll(/[^\w\s]/g, String.raw`\$&`));
    this.ending = `(?:${[SENSITIVE_ENDING, ...names].join('|')})`;
    this.#charactersMax = Math.max(SENSITIVE_CHARACTERS_MAX, ...more.map((name) => name.length));
    this.tails = triplesOf([...SENSITIVE_TAILS, ...more]);
    this.#isAnyName = more.some((name) => !/[\w.-]{3}$/.test(name));
    if (this.#isAnyName) this.tails.fill(1);
    this.#before = new RegExp(String.raw`(?<=${this.ending})(?:\\{0,15}["'])?\s{0,8}[:=]`, 'iy');
  }

  /** Whether a name with a `:` or `=` behind it is there. */
  isIn(text: string): boolean {
    return this.placesIn(text, []).next(0) >= 0;
  }

  /** The places of a text where a named value may begin; `runs` are its `suspectRuns`. */
  placesIn(text: string, runs: Runs): Places {
    const colon = text.indexOf(':');
    const equals = text.indexOf('=');
    if (colon < 0 && equals < 0 && runs.length === 0) return NOWHERE;
    return new ValuePlaces(text, runs, this, colon, equals);
  }

  /** Where the name in front of a `:` or `=` begins at the earliest; -1 when there is none. */
  placeOf(text: string, join: number): number {
    if (this.#isAnyName) return Math.max(0, join - CLOSE_CHARACTERS_MAX - this.#charactersMax);
    let last = join - 1;
    let code = text.charCodeAt(last);
    while (isSpace(code)) {
      last -= 1;
      code = text.charCodeAt(last);
    }
    if (code === QUOTE || code === APOSTROPHE) {
      last -= 1;
      while (text.charCodeAt(last) === BACKSLASH) last -= 1;
    }
    // Most names are none of ours: the regular expression takes ten times as long.
    if (this.tails[keyAt(text, last)] !== 1) return -1;
    this.#before.lastIndex = last + 1;
    return this.#before.test(text) ? Math.max(0, last + 1 - this.#charactersMax) : -1;
  }
}

/**
 * The places of one text where a named value may begin, in order. Names are recognised backwards from the `:` or `=`
 * behind them, which are rare and found ten times as fast as the beginnings of names.
 */
class ValuePlaces implements Places {
  readonly #text: string;
  readonly #runs: Runs;
  readonly #names: ValueNames;
  #colon: number;
  #equals: number;
  #run = 0;

  constructor(text: string, runs: Runs, names: ValueNames, colon: number, equals: number) {
    this.#text = text;
    this.#runs = runs;
    this.#names = names;
    this.#colon = colon < 0 ? text.length : colon;
    this.#equals = equals < 0 ? text.length : equals;
  }

  next(from: number): number {
    const name = this.#nextName(from);
    const scheme = this.#nextScheme(from);
    return name < 0 || (scheme >= 0 && scheme < name) ? scheme : name;
  }

  #nextName(from: number): number {
    const text = this.#text;
    if (this.#colon < from) this.#colon = indexOrEnd(text, ':', from);
    if (this.#equals < from) this.#equals = indexOrEnd(text, '=', from);
    for (;;) {
      const join = Math.min(this.#colon, this.#equals);
      if (join === text.length) return -1;
      const place = this.#names.placeOf(text, join);
      if (place >= 0) return place;
      if (join === this.#colon) this.#colon = indexOrEnd(text, ':', join + 1);
      else this.#equals = indexOrEnd(text, '=', join + 1);
    }
  }

  #nextScheme(from: number): number {
    for (; this.#run < this.#runs.length; this.#run += 1) {
      const start = this.#runs[this.#run]?.start ?? 0;
      SCHEME_BEFORE.lastIndex = start;
      if (start > from && SCHEME_BEFORE.test(this.#text)) return Math.max(0, start - SCHEME_CHARACTERS_MAX);
    }
    return -1;
  }
}

function indexOrEnd(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index < 0 ? text.length : index;
}

/** At least what `\s` means. */
function isSpace(code: number): boolean {
  return code <= 32 || code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));
}
