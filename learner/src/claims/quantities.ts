import { stem } from '../search/stem.ts';

/** Unit → its dimension and how many of the base unit it is. Months have 30 days, years 365: what rules mean by them. */
const UNITS: ReadonlyMap<string, readonly [dimension: string, factor: number]> = new Map(
  [
    'duration millisecond ms 0.001, second sec s 1, minute min 60, hour hr h 3600, day d 86400, week 604800, month 2592000, quarter 7776000, year 31536000',
    'working-day working-day 1',
    'mass microgram mcg 0.000001, milligram mg 0.001, gram g 1, kilogram kg kilo 1000, tonne ton t 1000000, ounce oz 28.35, pound lb lbs 453.6',
    'length millimetre millimeter mm 0.001, centimetre centimeter cm 0.01, metre meter m 1, kilometre kilometer km 1000, inch 0.0254, foot feet ft 0.3048, mile 1609',
    'volume millilitre milliliter ml 0.001, litre liter l 1, gallon 3.785',
    'size byte b 1, kilobyte kb kib 1024, megabyte mb mib 1048576, gigabyte gb gib 1073741824',
    'share percent percentage % 0.01, basis 0.0001',
    'euro euro eur € 1, cent 0.01',
    'dollar dollar usd $ 1',
    'pound gbp £ 1',
    'digit digit decimal 1',
  ].flatMap((line) => {
    const at = line.indexOf(' ');
    const dimension = line.slice(0, at);
    return line
      .slice(at + 1)
      .split(', ')
      .flatMap((entry) => {
        const words = entry.split(' ');
        const factor = Number(words.at(-1));
        return words.slice(0, -1).map((word) => [word, [dimension, factor]] as const);
      });
  }),
);

const WORDS: ReadonlyMap<string, number> = new Map(
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'
    .split(' ')
    .map((word, index) => [word, index + 1] as const)
    .concat([
      ['thirty', 30],
      ['forty', 40],
      ['fifty', 50],
      ['sixty', 60],
      ['ninety', 90],
      ['hundred', 100],
      ['thousand', 1_000],
      ['million', 1_000_000],
      ['dozen', 12],
      ['once', 1],
      ['twice', 2],
      ['single', 1],
      ['double', 2],
      ['triple', 3],
      ['both', 2],
    ]),
);
const MULTIPLES: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['million', 1_000_000],
  ['k', 1_000],
]);

/** A number with what it counts. */
export interface Quantity {
  /** Dimension of its unit, or the stem of what is counted. */
  readonly of: string;
  /** In the base unit of the dimension. */
  readonly value: number;
  /** Whether it is the least, the most or the very value. */
  readonly bound: 'least' | 'most' | 'exact';
  /** Base units in its unit: with different ones, "12 months" is "one year" to rounding. */
  readonly factor: number;
  /** Place of its first word. */
  readonly at: number;
  /** Words it takes, with its unit. */
  readonly length: number;
}

const ONE_OF = /^(?:an?|every|each|another)$/;
const NOT_COUNTED = /^(?:to|of|per|from|once|twice|times?)$/;
const UPPER =
  /(?:under|below|less than|fewer than|lighter than|younger than|shorter than|at most|up to|within|until|no more than|not more than|maximum(?: of)?|limit(?:ed)? to)$/;
const LOWER =
  /(?:over|above|more than|heavier than|older than|longer than|at least|exceed(?:s|ing)?|minimum(?: of)?|greater than|from|no less than|not less than|beyond)$/;

/**
 * The numbers in the lower-case words of a text: digits and words, units brought to one, percent, money, ordinals. A number
 * without a known unit counts what follows it.
 */
export function quantitiesIn(words: readonly string[]): readonly Quantity[] {
  const found: Quantity[] = [];
  for (let at = 0; at < words.length; at++) {
    const read = numberAt(words, at);
    if (read === undefined) continue;
    const open = openBoundAt(words, at + read.length);
    const unitAt = at + read.length + (open === undefined ? 0 : 2);
    const next = words[unitAt] ?? '';
    const unit = read.unit ?? UNITS.get(next) ?? UNITS.get(next.replace(/s$/, ''));
    const [dimension, factor] = unit ?? [read.isOrdinal ? 'ordinal' : stem(next), 1];
    const before = words.slice(Math.max(0, at - 3), at).join(' ');
    const bound = open ?? (LOWER.test(before) ? 'least' : UPPER.test(before) ? 'most' : 'exact');
    const length = unit === undefined || read.unit !== undefined ? read.length : unitAt + 1 - at;
    found.push({ of: dimension, value: read.value * factor, bound, factor, at, length });
    at += length - 1;
  }
  return found;
}

/** "Three or more". */
function openBoundAt(words: readonly string[], at: number): 'least' | 'most' | undefined {
  if (words[at] !== 'or') return undefined;
  const word = words[at + 1] ?? '';
  if (/^(?:more|older|longer|above|over)$/.test(word)) return 'least';
  return /^(?:less|fewer|younger|shorter|below|under)$/.test(word) ? 'most' : undefined;
}

interface ReadNumber {
  readonly value: number;
  readonly length: number;
  readonly isOrdinal: boolean;
  readonly unit?: readonly [string, number];
}

function numberAt(words: readonly string[], at: number): ReadNumber | undefined {
  const word = words[at] ?? '';
  const ordinal = /^(\d+)(?:st|nd|rd|th)$/.exec(word)?.[1];
  if (ordinal !== undefined) return { value: Number(ordinal), length: 1, isOrdinal: true };
  const counted = UNITS.get(words[at + 1] ?? '');
  // "every day", "an hour": one of it.
  if (ONE_OF.test(word) && counted?.[0] === 'duration' && !NOT_COUNTED.test(words[at - 1] ?? ''))
    return { value: 1, length: 1, isOrdinal: false };
  const digits = /^([$€£]?)(\d[\d.,:]*)([a-z%€$£]*)$/.exec(word);
  const [, sign = '', number, suffix = ''] = digits ?? [];
  const plain = number === undefined ? WORDS.get(word) : valueOf(number);
  if (plain === undefined || Number.isNaN(plain)) return undefined;
  const unit = UNITS.get(sign === '' ? suffix : sign);
  let [value, length] = [plain * (MULTIPLES.get(suffix) ?? 1), 1];
  for (
    let next = MULTIPLES.get(words[at + length] ?? '');
    next !== undefined;
    next = MULTIPLES.get(words[at + length] ?? '')
  ) {
    value *= next;
    length += 1;
  }
  return { value, length, isOrdinal: false, ...(unit === undefined ? {} : { unit }) };
}

/** Thousands are parted by commas, 16:30 is half past four. */
function valueOf(number: string): number {
  const [hours, minutes] = number.split(':');
  if (minutes !== undefined) return Number(hours) + Number(minutes) / 60;
  const bare = number.replace(/[.,]+$/, '');
  return Number(
    /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(bare) ? bare.replaceAll(',', '') : bare.replace(',', '.'),
  );
}
