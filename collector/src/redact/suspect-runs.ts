import type { Run, Runs } from './runs.ts';
import { WORD_BEGINNINGS } from './secret-words.ts';
import { loadPiece, piece } from './text-piece.ts';
import { nextKey, type Triples, triplesOf } from './triples.ts';

const NO_RUNS: Runs = [];

/** Shortest secret word, and shortest credential after `Bearer` or `Basic`. */
const RUN_CHARACTERS_MIN = 16;
/** Every character of secret words and of credentials. */
const RUN_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.=~+/\\';

/** 1 for those. */
const IN_RUN = new Uint8Array(256);
for (const character of RUN_CHARACTERS) IN_RUN[character.charCodeAt(0)] = 1;

/** The first three characters of secret words. */
export const WORD_TRIPLES: Triples = triplesOf(WORD_BEGINNINGS.map((beginning) => beginning.slice(0, 3)));

const [SPACE, BACKSLASH] = [32, 92] as const;
const ENDS_BEARER = (101 << 8) | 114;
const ENDS_BASIC = (105 << 8) | 99;

/**
 * The long runs of such characters in which a secret word may begin, or before which `bearer` or `basic` may stand.
 * Long runs are rare: most of a text is passed over in steps of 16 characters. Of wide characters the low byte is looked at,
 * which adds runs and takes none away.
 */
export function suspectRuns(text: string): Runs {
  let runs: Run[] | undefined;
  for (let offset = 0; text.length - offset >= RUN_CHARACTERS_MIN;) {
    const length = loadPiece(text, offset);
    let start = nextRun(piece, 0, length);
    while (start + RUN_CHARACTERS_MIN <= length) {
      let end = runEnd(piece, start, length);
      const isCut = end === length && offset + end < text.length;
      if (isCut || isBehindScheme(text, offset + start) || mayHoldWord(piece, start, end, text, offset)) {
        runs ??= [];
        if (isCut) end = cutRunEnd(text, offset + end) - offset;
        runs.push({ start: offset + start, end: offset + end });
      }
      start = nextRun(piece, end + 1, length);
    }
    offset += start;
  }
  return runs ?? NO_RUNS;
}

/**
 * Where the next long run begins; when none does, the first place behind which too little is left. `from` is no part of a
 * run that began before. Looks back from each 16th character: one that belongs to no run excludes all up to it.
 */
function nextRun(bytes: Uint8Array, from: number, length: number): number {
  let start = from;
  let at = start + RUN_CHARACTERS_MIN - 1;
  while (at < length) {
    while (at >= start && IN_RUN[bytes[at] ?? 0] === 1) at -= 1;
    if (at < start) return start;
    start = at + 1;
    at += RUN_CHARACTERS_MIN;
  }
  return start;
}

function runEnd(bytes: Uint8Array, start: number, length: number): number {
  let end = start + RUN_CHARACTERS_MIN;
  while (end < length && IN_RUN[bytes[end] ?? 0] === 1) end += 1;
  return end;
}

/** The same for a run that is longer than the piece. */
function cutRunEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && IN_RUN[text.charCodeAt(end) & 255] === 1) end += 1;
  return end;
}

/** Whether a secret word may begin in a run of the piece that stands at `offset` of the text. */
function mayHoldWord(bytes: Uint8Array, start: number, end: number, text: string, offset: number): boolean {
  let key = 0;
  for (let at = start; at < end; at += 1) {
    key = nextKey(key, bytes[at] ?? 0);
    if (WORD_TRIPLES[key] === 1 && mayBegin(text, offset + at - 2)) return true;
  }
  return false;
}

/** No character of a name stands before a secret word, unless it is the end of one of JSON's escapes. */
function mayBegin(text: string, index: number): boolean {
  if (index <= 0 || !isInName(text.charCodeAt(index - 1))) return true;
  return text.charCodeAt(index - 2) === BACKSLASH || text.charCodeAt(index - 6) === BACKSLASH;
}

/** `A-Z a-z 0-9 _`. */
function isInName(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || code === 95;
}

/** Whether what stands before a run ends like `bearer` or `basic` and a space, in any case. */
function isBehindScheme(text: string, start: number): boolean {
  let before = start - 1;
  while (before > 1 && text.charCodeAt(before) === SPACE) before -= 1;
  if (before === start - 1 || before < 1) return false;
  const ending = ((text.charCodeAt(before - 1) | 32) << 8) | (text.charCodeAt(before) | 32);
  return ending === ENDS_BEARER || ending === ENDS_BASIC;
}
