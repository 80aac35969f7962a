import { MARK_BEGINNING, markOf, type Found } from './redaction.ts';

/** Rule of values that are secrets because of their name. */
export const NAMED_RULE = 'sensitive_name';
const SCHEME_RULE = 'credential';

/**
 * A sensitive name with what joins it to its value (`"password": "`, `API_KEY=`, `x-api-key: `), or a scheme of HTTP
 * credentials. In JSON inside JSON quotes have backslashes in front. Groups: name, quote that closes it, what joins, quote
 * that opens the value; scheme.
 */
function namedPattern(ending: string): RegExp {
  return new RegExp(
    String.raw`(${ending})(\\{0,15}["'])?\s{0,8}(=>|:=|={1,2}|:)\s{0,8}((?:\[\s{0,8})?\\{0,15}["'])?|\b(bearer|basic) {1,4}`,
    'gi',
  );
}

/** Values without quotes. Code that reads a secret from somewhere else (`getenv(`, `environ[`) is none. */
const BARE = /(?:[A-Za-z0-9+/_.~!@#$%^*=-]|\\{1,7}\/){1,4096}/y;
const BARE_CHARACTERS_MIN = 4;
/** Shortest value after a colon without quotes, where prose is likely: it needs a digit too. */
const PROSE_CHARACTERS_MIN = 6;
/** Words that stand where a value would. */
const NO_VALUES: ReadonlySet<string> = new Set(['true', 'false', 'null', 'none', 'undefined']);
/** The values of these headers go to the end of the line. */
const HEADER = /(?:authorization|cookies?)$/i;
const LINE = /[^\r\n"\\]{1,8192}/y;
/** What follows `Bearer ` or `Basic `: long, and no word of prose. */
const CREDENTIAL =
  /(?=[A-Za-z._~+/\\-]*(?:[0-9=]|[a-z][A-Z]))(?:[A-Za-z0-9._~+/-]|\\{1,7}\/){16,4096}={0,2}/y;

/** Where in a text a name or scheme may begin. */
export interface Places {
  /** The first such place, when its value begins behind `from`, which does not decrease; -1 when there is none. */
  readonly next: (from: number) => number;
}

/** Replaces the values of sensitive names, and credentials after their scheme, in prose, code, headers and JSON. */
export class NamedValues {
  readonly #pattern: RegExp;

  /** `ending` is the source of a regular expression for the end of a sensitive name. */
  constructor(ending: string) {
    this.#pattern = namedPattern(ending);
  }

  redact(text: string, places: Places, found: Found): string {
    const pattern = this.#pattern;
    let result = '';
    let kept = 0;
    pattern.lastIndex = 0;
    for (let place = places.next(0); place >= 0; place = places.next(pattern.lastIndex)) {
      pattern.lastIndex = Math.max(pattern.lastIndex, place);
      const match = pattern.exec(text);
      if (match === null) break;
      const start = pattern.lastIndex;
      const isScheme = match[5] !== undefined;
      const value = isScheme ? credential(text, start) : namedValue(text, start, match);
      if (value === undefined) continue;
      const rule = isScheme ? SCHEME_RULE : NAMED_RULE;
      found(rule);
      result += text.slice(kept, start) + value.quote + markOf(rule) + value.quote;
      kept = value.end;
      pattern.lastIndex = value.end;
    }
    return kept === 0 ? text : result + text.slice(kept);
  }
}

interface Value {
  readonly end: number;
  /** Quotes that the mark needs around it: it replaces a number of JSON. */
  readonly quote: string;
}

function credential(text: string, start: number): Value | undefined {
  const end = matchEnd(CREDENTIAL, text, start);
  return end === undefined ? undefined : { end, quote: '' };
}

function namedValue(text: string, start: number, match: RegExpExecArray): Value | undefined {
  if (text.startsWith(MARK_BEGINNING, start)) return undefined;
  const [, name = '', close, join, open] = match;
  const opening = open?.replace(/^\[\s*/, '');
  const quoted = opening === undefined ? undefined : quotedEnd(text, start, opening);
  if (quoted !== undefined) return quoted === start ? undefined : { end: quoted, quote: '' };
  if (close === undefined && HEADER.test(name)) {
    const end = matchEnd(LINE, text, start);
    return end === undefined ? undefined : { end, quote: '' };
  }
  const end = matchEnd(BARE, text, start);
  if (end === undefined || text[end] === '(' || text[end] === '[') return undefined;
  const value = text.slice(start, end);
  if (NO_VALUES.has(value.toLowerCase())) return undefined;
  if (close !== undefined) return /^-?\d/.test(value) ? { end, quote: close } : undefined;
  if (join === ':' && (value.length < PROSE_CHARACTERS_MIN || !/\d/.test(value))) return undefined;
  return value.length < BARE_CHARACTERS_MIN ? undefined : { end, quote: '' };
}

/**
 * Index of the quote that ends a value: with k backslashes in front of the opening one, the first whose backslashes leave
 * k when divided by 2(k + 1); others belong to the value. The end of the text when it was cut off. A value in single
 * quotes stays in its line and its JSON string; `undefined` when it does not end there.
 */
function quotedEnd(text: string, start: number, opening: string): number | undefined {
  const quote = opening.at(-1) ?? '"';
  const depth = opening.length - 1;
  let at = start;
  for (;;) {
    const end = text.indexOf(quote, at);
    if (quote === "'" && (end < 0 || /["\r\n]/.test(text.slice(start, end)))) return undefined;
    if (end < 0) return text.length;
    let backslashes = 0;
    while (end - backslashes > start && text[end - backslashes - 1] === '\\') backslashes += 1;
    if (backslashes % (2 * (depth + 1)) === depth) return end - depth;
    at = end + 1;
  }
}

function matchEnd(pattern: RegExp, text: string, start: number): number | undefined {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
