import { asLatin } from './look-alikes.ts';

/** Longest text that is decoded again, characters, and how deep: a text in base64 in base64 is read too. */
const DECODED_CHARACTERS_MAX = 20_000;
const DECODED_DEPTH_MAX = 2;
/** Share of letters, digits and spaces from which decoded bytes are taken for text. */
const TEXT_SHARE_MIN = 0.85;

/** Characters that are not seen. */
export const INVISIBLE: RegExp =
  /[\u00AD\u061C\u115F\u1160\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0]|\u034F|[\u17B4\u17B5]|[\u180B-\u180E]|[\uFE00-\uFE0F]|[\u{E0000}-\u{E0FFF}]/gu;
const TAGS = /[\u{E0020}-\u{E007E}]+/gu;
const REVERSED = /[\u202D\u202E]/u;
const BLOB = /[A-Za-z0-9+/_-]{16,}={0,2}/g;
const HEX = /\b(?:[0-9a-f]{2}[ :]?){8,}\b/gi;
/** Letters that stand apart: "i g n o r e", "i.g.n.o.r.e". */
const SPELLED = /(?<![\p{L}\p{N}])(?:\p{L}[ .·_-]){3,}\p{L}(?![\p{L}\p{N}])/gu;
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/**
 * A text in every way in which somebody may read it: as it stands, without what is not seen, in Latin letters, spelled
 * together, decoded. Distinct; the first is the text itself. Most texts have one reading.
 */
export function readingsOf(text: string): readonly string[] {
  const readings = new Set([text]);
  collect(text, readings, 0);
  return [...readings];
}

function collect(text: string, readings: Set<string>, depth: number): void {
  const seen = text.normalize('NFKC').replaceAll(INVISIBLE, '');
  const bare = seen.normalize('NFD').replaceAll(/\p{M}/gu, '');
  const latin = asLatin(bare);
  const joined = unspelled(latin);
  const plain = joined.replaceAll(/[*~`]+|(?<=\w)_+(?=\W|$)|(?<=\W|^)_+(?=\w)/g, '').replaceAll(/\s+/g, ' ');
  for (const reading of [seen, seen.replaceAll(/\s+/g, ' '), latin, joined, plain, unleeted(plain)])
    readings.add(reading);
  if (depth >= DECODED_DEPTH_MAX || text.length > DECODED_CHARACTERS_MAX) return;
  for (const decoded of decodings(text, plain)) {
    if (readings.has(decoded)) continue;
    readings.add(decoded);
    collect(decoded, readings, depth + 1);
  }
}

function decodings(text: string, plain: string): string[] {
  const found: string[] = [];
  for (const [tags] of text.matchAll(TAGS))
    found.push(Array.from(tags, (tag) => String.fromCodePoint((tag.codePointAt(0) ?? 0) - 0xe0000)).join(''));
  if (REVERSED.test(text)) found.push(Array.from(text.replaceAll(INVISIBLE, '')).reverse().join(''));
  for (const [blob] of plain.matchAll(BLOB)) found.push(textIn(Buffer.from(blob, 'base64')));
  for (const [hex] of plain.matchAll(HEX))
    found.push(textIn(Buffer.from(hex.replaceAll(/[ :]/g, ''), 'hex')));
  if (/&#?\w{2,8};/.test(plain)) found.push(withoutEntities(plain));
  if (/%[0-9a-f]{2}/i.test(plain))
    found.push(
      plain.replaceAll(/%([2-7][0-9a-f])/gi, (_, code: string) =>
        String.fromCodePoint(Number.parseInt(code, 16)),
      ),
    );
  if (/\brot-?13\b/i.test(plain)) found.push(plain.replaceAll(/[a-z]/gi, rotated));
  return found.filter((decoded) => decoded.length >= 8);
}

/** '' when the bytes are no text. */
function textIn(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const readable = text.match(/[\p{L}\p{N}\s.,:;!?'"()[\]<>|/_@#=-]/gu)?.length ?? 0;
  return text !== '' && readable / text.length >= TEXT_SHARE_MIN ? text : '';
}

function unspelled(text: string): string {
  return text.replaceAll(SPELLED, (letters) => letters.replaceAll(/[ .·_-]/g, ''));
}

/** Digits between letters as the letters they stand for. Numbers and names like `orders_2024` stay. */
function unleeted(text: string): string {
  return text.replaceAll(/(?<![\w.])(?=\w*[a-z])[a-z0134579@$]{2,}(?!\w|\.\w)/gi, (word) =>
    word.replaceAll(/[013457@$]/g, (digit) => LEET[digit] ?? digit),
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function withoutEntities(text: string): string {
  return text.replaceAll(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,6}));/gi,
    (entity, decimal, hex, name) => {
      const code =
        typeof decimal === 'string'
          ? Number(decimal)
          : typeof hex === 'string'
            ? Number.parseInt(hex, 16)
            : Number.NaN;
      if (code <= 0x10ffff) return String.fromCodePoint(code);
      return (typeof name === 'string' ? ENTITIES[name.toLowerCase()] : undefined) ?? entity;
    },
  );
}

function rotated(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const base = code >= 97 ? 97 : 65;
  return String.fromCodePoint(base + ((code - base + 13) % 26));
}
