import { markOf, type Found } from './redaction.ts';

/** What may stand before a secret: no word character, except as the end of one of JSON's escapes (`\n` before a key). */
const BEFORE = String.raw`(?:^|[^A-Za-z0-9_]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;

/**
 * Secrets that are recognisable by themselves: rule, beginning, rest. Each is one word of at least
 * {@link WORD_CHARACTERS_MIN} characters from `A-Z a-z 0-9 _ - .`; all repetitions are bounded, else hostile text takes time in the square of its length,
 * or more stack than there is.
 */
const SHAPES: readonly (readonly [rule: string, beginning: string, rest: string])[] = [
  // Signed tokens: header.payload.signature, the first two JSON in base64url.
  ['jwt', 'eyJ', String.raw`[A-Za-z0-9_-]{8,256}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,4096}`],
  ['aws_key', 'A(?:KIA|SIA|BIA|CCA)', '[0-9A-Z]{16}'],
  // Model providers and payment: sk-…, sk-ant-…, sk-or-…, sk-lf-…, sk_live_…; but no words: sk_learn_pipeline_component.
  [
    'api_key',
    '[rs]k[-_]',
    '(?=[a-z_-]{0,64}[0-9A-Z]|(?:[a-z]{1,12}[-_]){0,3}[a-z]{16})[A-Za-z0-9_-]{20,4096}',
  ],
  ['api_key', 'AIza', '[0-9A-Za-z_-]{35}'],
  [
    'api_key',
    '(?:hf|gsk|r8|fw|npm|sbp|whsec|sntrys|shp(?:at|ca|pa|ss)|lin_api|do[op]_v1)_',
    '[A-Za-z0-9]{20,4096}',
  ],
  ['api_key', '(?:glsa|glc|phx|pcsk|lsv2_(?:pt|sk))_', '[A-Za-z0-9]{4,64}[A-Za-z0-9_]{20,4096}'],
  ['api_key', '(?:xai|pplx|NRAK|tvly(?:-dev|-prod)?)-', '[A-Za-z0-9]{20,4096}'],
  ['api_key', '(?:key-|dapi)', '[a-f0-9]{32}'],
  ['api_key', '(?:pypi-AgE|HRKU-|dckr_pat_)', '[A-Za-z0-9_-]{20,4096}'],
  ['api_key', String.raw`SG\.`, String.raw`[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,4096}`],
  ['api_key', 'AGE-SECRET-KEY-1', '[0-9A-Z]{40,4096}'],
  // Code hosts, chat, secret stores, sign-in.
  ['access_token', 'gh[pousr]_', '[A-Za-z0-9]{30,4096}'],
  ['access_token', 'github_pat_', '[A-Za-z0-9_]{30,4096}'],
  ['access_token', 'gl(?:pat|ptt|dt|rt|agent|oas)-', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'xox[abeoprs]-', '[A-Za-z0-9-]{11,4096}'],
  ['access_token', 'xapp-', '[A-Za-z0-9-]{20,4096}'],
  ['access_token', String.raw`hv[sbr]\.`, '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', String.raw`ya29\.`, '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'GOCSPX-', '[A-Za-z0-9_-]{20,4096}'],
  ['access_token', 'ATATT3', '[A-Za-z0-9_=-]{40,4096}'],
];

/** The look behind comes after the beginning, so that a search passes over other words quickly. */
const WORDS = new RegExp(
  SHAPES.map(([, start, rest]) => `(${start}(?<=${BEFORE}${start})${rest})`).join('|'),
  'g',
);

/** Shortest secret word. */
const WORD_CHARACTERS_MIN = 16;
/** Characters kept in front of a word for the look behind: the longest escape of JSON. */
const BEFORE_CHARACTERS = 6;

/** 1 for the characters of words. */
const IN_WORD = new Uint8Array(128);
for (const character of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.')
  IN_WORD[character.charCodeAt(0)] = 1;

/**
 * Replaces keys and tokens of well-known shape. They are long words, and long words are rare: only every 16th character
 * of other text is looked at, which is ten times as fast as searching for all beginnings everywhere.
 */
export function redactWords(text: string, found: Found): string {
  let result = '';
  let kept = 0;
  let at = WORD_CHARACTERS_MIN - 1;
  while (at < text.length) {
    if (!isInWord(text, at)) {
      at += WORD_CHARACTERS_MIN;
      continue;
    }
    let start = at;
    while (start > kept && isInWord(text, start - 1)) start -= 1;
    let end = at + 1;
    while (end < text.length && isInWord(text, end)) end += 1;
    if (end - start >= WORD_CHARACTERS_MIN) {
      const before = text.slice(Math.max(kept, start - BEFORE_CHARACTERS), start);
      const word = before + text.slice(start, end);
      const clean = redactWord(word, found);
      if (clean !== word) {
        result += text.slice(kept, start - before.length) + clean;
        kept = end;
      }
    }
    at = end + WORD_CHARACTERS_MIN;
  }
  return kept === 0 ? text : result + text.slice(kept);
}

function isInWord(text: string, index: number): boolean {
  return IN_WORD[text.charCodeAt(index)] === 1;
}

function redactWord(word: string, found: Found): string {
  return word.replace(WORDS, (...groups) => {
    const rule = SHAPES[groups.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? 'api_key';
    found(rule);
    return markOf(rule);
  });
}
