/** Pairs of which one rule says the one word and the other the other. What turns a statement around stands below. */
export const OPPOSITES: readonly (readonly [string, string])[] = [
  ['keep', 'drop'],
  ['keep', 'remove'],
  ['add', 'subtract'],
  ['multiply', 'divide'],
  ['above', 'below'],
  ['ascending', 'descending'],
  ['minimum', 'maximum'],
  ['gross', 'net'],
  ['begin', 'end'],
  ['upper', 'lower'],
  ['inclusive', 'exclusive'],
  ['true', 'false'],
  ['enable', 'disable'],
  ['before', 'after'],
  ['encrypt', 'decrypt'],
  ['open', 'close'],
  ['increase', 'decrease'],
  ['internal', 'external'],
  ['public', 'private'],
  ['sensitive', 'insensitive'],
];

/** Words of one kind: naming different ones about the same thing contradicts. */
export const KINDS: readonly (readonly string[])[] = [
  'january february march april may june july august september october november december'.split(' '),
  'monday tuesday wednesday thursday friday saturday sunday'.split(' '),
  'cents cent euros euro dollars dollar pounds yen francs mills'.split(' '),
  'grams gram kilograms kilogram tons tonnes ounces'.split(' '),
  'seconds minutes hours days weeks months quarters years milliseconds'.split(' '),
  'celsius fahrenheit kelvin'.split(' '),
  'utc gmt cet est pst'.split(' '),
  'red green blue yellow black white'.split(' '),
  'comma point semicolon tab'.split(' '),
  'english german french spanish italian chinese'.split(' '),
  'first last newest oldest earliest latest highest lowest largest smallest cheapest'.split(' '),
  'shipped paid cancelled void pending refunded open'.split(' '),
  'json xml csv yaml html markdown'.split(' '),
  'north south east west'.split(' '),
];

/** Words that turn a statement around. */
export const NEGATIVE_WORDS: RegExp =
  /\b(?:not|cannot|never|no|none|nor|without|except|exclud\w+|exclusive of|avoid\w*|ignor\w+|skip\w*|omit\w*|refus\w+|reject\w*|forbid\w*|forbidden|deny|denied|den(?:y|ies)|leav\w+(?= (?:\w+ ){0,6}out\b)|left out|impossible|instead of)\b|n't\b/g;

export const NUMBER_WORDS: Readonly<Record<string, string>> = {
  one: '1',
  two: '2',
  three: '3',
  four: '4',
  five: '5',
  six: '6',
  seven: '7',
  eight: '8',
  nine: '9',
  ten: '10',
  twelve: '12',
};

/** Words for the same in rules, each with the one that stands for it. */
export const SAME_WORDS: Readonly<Record<string, string>> = {
  start: 'begin',
  starts: 'begin',
  starting: 'begin',
  begins: 'begin',
  reply: 'answer',
  immediately: 'once',
  buy: 'purchase',
  return: 'refund',
  pays: 'pay',
  stored: 'kept',
  holds: 'kept',
  stores: 'kept',
  find: 'look',
  finding: 'look',
  write: 'written',
  writes: 'written',
  confirm: 'confirmed',
};
