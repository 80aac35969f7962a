import { markOf, type Found } from './redaction.ts';
import { loadPiece, piece, PIECE_CHARACTERS } from './text-piece.ts';

const RULE = 'credit_card';
const CARD_DIGITS_MIN = 14;

/**
 * 14 to 19 digits with the beginning of a card scheme, alone or in groups with the same separator. The look behind comes
 * after the first four digits, so that a search passes over other text quickly.
 */
const CARD =
  /(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6(?:011|2\d\d|4[4-9]\d|5\d\d)|35[2-8]\d|3[47]\d\d|3(?:0[0-5]|[68]\d)\d)(?<=(?:^|[^\w.-]|\\[bfnrt]|\\u[0-9a-fA-F]{4})\d{4})(?:([ -]?)\d{4,7}\1\d{2,6}(?:\1\d{1,7})?)(?![\w-]|\.\d)/g;

/** 1 for digits, 2 for what may stand between their groups. */
const KIND = new Uint8Array(256);
for (const digit of '0123456789') KIND[digit.charCodeAt(0)] = 1;
for (const separator of ' -') KIND[separator.charCodeAt(0)] = 2;

/** Pieces overlap by more than the longest card number. */
const OVERLAP_CHARACTERS = 32;

/** A member name of JSON before a number: the mark needs the same quotes, so that JSON stays JSON. */
const MEMBER = /(\\{0,15}")\s{0,8}:\s{0,8}$/;
const MEMBER_CHARACTERS = 40;

/** Replaces payment card numbers: known beginnings, right lengths, valid check digit (Luhn). */
export function redactCards(text: string, found: Found): string {
  return mayHoldCard(text) ? replaceCards(text, found) : text;
}

/** Whether enough digits stand together, with nothing but separators between them. */
function mayHoldCard(text: string): boolean {
  const step = PIECE_CHARACTERS - OVERLAP_CHARACTERS;
  for (let offset = 0; offset + CARD_DIGITS_MIN <= text.length; offset += step) {
    const length = loadPiece(text, offset);
    // A number this long covers one of these places and the one behind it, and one of both is a digit.
    for (let at = CARD_DIGITS_MIN - 2; at < length; at += CARD_DIGITS_MIN - 1) {
      const kind = KIND[piece[at] ?? 0];
      const isNear = kind === 1 || (kind === 2 && KIND[piece[at + 1] ?? 0] === 1);
      if (isNear && digitsAround(piece, at, length) >= CARD_DIGITS_MIN) return true;
    }
  }
  return false;
}

function digitsAround(bytes: Uint8Array, at: number, length: number): number {
  let digits = 0;
  for (let index = at; index >= 0 && KIND[bytes[index] ?? 0] !== 0; index -= 1)
    if (KIND[bytes[index] ?? 0] === 1) digits += 1;
  for (let index = at + 1; index < length && KIND[bytes[index] ?? 0] !== 0; index += 1)
    if (KIND[bytes[index] ?? 0] === 1) digits += 1;
  return digits;
}

/** The same without the quick look. */
export function replaceCards(text: string, found: Found): string {
  return text.replace(CARD, (number: string, _separator: string, offset: number) => {
    if (!isCard(number.replace(/[ -]/g, ''))) return number;
    found(RULE);
    const quote = MEMBER.exec(text.slice(Math.max(0, offset - MEMBER_CHARACTERS), offset))?.[1] ?? '';
    return quote + markOf(RULE) + quote;
  });
}

function isCard(digits: string): boolean {
  return digits.length >= CARD_DIGITS_MIN && digits.length <= 19 && passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = digit * 2;
    sum += index % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
