import { CONTRASTS } from './contrasts.ts';
import { KINDS } from './kinds.ts';

/** Phrases that say the same as one word. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:leave|leaves|leaving|left|filter|filtered|filters) (?<what>[^.,;:]{0,60}?) ?\bout\b(?: of)?/g,
    'exclude $<what>',
  ],
  [
    /\b(?:on (?:your|its|their) own|by (?:yourself|themselves)|without (?:asking|approval|permission|confirmation|consulting|authorization)(?: (?:the|a|any)? ?(?:user|customer|supervisor|manager|anybody|anyone))?)\b/g,
    'on-own',
  ],
  [
    /\b(?:right away|straight ?away|at once|as soon as possible|without (?:delay|waiting)(?! for))\b/g,
    'immediate',
  ],
  [/\b(?:free of (?:charge|cost)|at no (?:extra )?(?:cost|charge)|for free)\b/g, 'free-of-charge'],
  [
    /\b(?:word for word|letter for letter|as (?:it|they) (?:is|are|stands?)|as (?:printed|written|is))\b/g,
    'verbatim',
  ],
  [
    /\b(?:one (?:by|after) (?:one|another|the other)|one at a time|in sequence|back to back)\b/g,
    'one-by-one',
  ],
  [/\b(?:by hand|in (?:your|the) head)\b/g, 'manual'],
  [/\bat the same time\b/g, 'parallel'],
  [/\bcarry over\b/g, 'carry-over'],
  [/\b(?:business|working|work) days?\b/g, 'working-day'],
  [/\bcalendar days?\b/g, 'calendar-day'],
  [/\b(?:no matter|irrespective of|regardless of|independent of)\b/g, 'regardless'],
  [/\bwithout regard (?:to|for)\b/g, 'ignore'],
  [/\blower[- ]case\b/g, 'lowercase'],
  [/\b(?:upper[- ]case|capital letters)\b/g, 'uppercase'],
  [/\broll(?:ed|ing)? ?back\b/g, 'rollback'],
  [/\bturn(?:ed|ing)? on\b/g, 'enable'],
  [/\bturn(?:ed|ing)? off\b/g, 'disable'],
  [/\bturn(?:ed|ing)? down\b/g, 'reject'],
  [/\b(?:sold[- ]out|out of stock)\b/g, 'unavailable'],
  [/\bsay sorry\b/g, 'apologise'],
  [/\bspell(?:ed|ing)? out\b/g, 'spell-out'],
  [/\bgo ahead\b/g, 'proceed'],
  [/\bround(?:ed|ing|s)? (?:half |it |them |to )?up\b|\bhalf up\b/g, 'round round-up'],
  [/\bround(?:ed|ing|s)? (?:half |it |them |to )?down\b|\bhalf down\b/g, 'round round-down'],
  [/\bhalf to even\b|\bbanker'?s rounding\b/g, 'half-even'],
  [
    /\bas (?:long|many|much|often) as (?:you|they|it|he|she|an? \w+|the \w+) (?:like|want|ask|wish|need)s?\b/g,
    'unlimited',
  ],
  [/\bsame day\b/g, '0 days'],
  [/\be-?mails?\b/g, 'email'],
  [/\bquarter of an hour\b/g, '15 minutes'],
  [/\bhalf an hour\b/g, '30 minutes'],
  [/\bhalf a minute\b/g, '30 seconds'],
];
/** The words of the tables that are written with a hyphen there and with a blank elsewhere. */
const HYPHENATED: RegExp = new RegExp(
  `\\b(?:${[...new Set(`${CONTRASTS} ${KINDS}`.match(/[a-z]+-[a-z-]+/g))]
    .map((word) => word.replaceAll('-', '[ -]'))
    .join('|')})\\b`,
  'g',
);
/** "Do not retry more than 3 times" sets a limit and denies nothing. */
const NEGATED_LIMIT =
  /\b(?:do not|not|no|never|must not|may not|cannot)\b([^.;:,]{0,60}?)\b(?:more|later|longer) than\b/g;
/** "Never send it without asking", "do not close it until it is confirmed": only after that. */
const NEGATED_CONDITION =
  /\b(?:do not|never|must not|may not|cannot|not)\b([^.;:,]{2,80}?)\b(?:until|before|without|unless)\b/g;

/** A text in lower case with one wording for what has several. */
export function plainWords(given: string): string {
  let text = given
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('’', "'")
    .replaceAll(/n't\b/g, ' not')
    .replaceAll(/<>|!=|≠/g, ' not ')
    .replaceAll("'s", '');
  for (const [pattern, word] of PHRASES) text = text.replaceAll(pattern, word);
  return text
    .replaceAll(HYPHENATED, (phrase) => phrase.replaceAll(' ', '-'))
    .replaceAll(NEGATED_LIMIT, ' $1 at most ')
    .replaceAll(NEGATED_CONDITION, ' $1 only after ')
    .trim();
}
