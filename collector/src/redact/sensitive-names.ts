/**
 * Ends of names whose values are secrets, in any case, words joined by `_`, `-`, `.`, a space or nothing. `token` alone is
 * not among them: it is a word of every language model.
 */
const ENDINGS = [
  'pass(?:word|wd|phrase|code)s?',
  'secrets?',
  'secret(?:_?access)?_?key',
  'api_?keys?',
  '(?:access|account|private|signing|encryption|shared_?access|master)_?key',
  '(?:access|refresh|auth|session|id|bearer|api|csrf|xsrf|security|private|bot|secret|github|gitlab|slack|npm|hf)_?token',
  'authorization',
  'cookies?',
  'credentials?',
];

/** Source of a regular expression for such an ending; use with the flag `i`. */
export const SENSITIVE_ENDING: string = `(?:${ENDINGS.join('|').replaceAll('_?', '[-_. ]?')})`;

/** The last three letters of every such ending. */
export const SENSITIVE_TAILS: readonly string[] =
  'ord rds swd wds ase ses ode des ret ets key eys ken ion kie ies ial als'.split(' ');

/** Longest such ending: `secret_access_key`. */
export const SENSITIVE_CHARACTERS_MAX = 17;

const SENSITIVE_NAME = new RegExp(`${SENSITIVE_ENDING}(?:[._]\\d{1,4})?$`, 'i');

/** Longest name that is looked at as a whole; of longer ones the end decides. */
const NAME_CHARACTERS_MAX = 256;

/** Whether the value of an attribute or member with this name is a secret, whatever it looks like. */
export function isSensitiveName(name: string): boolean {
  return SENSITIVE_NAME.test(name.slice(-NAME_CHARACTERS_MAX));
}
