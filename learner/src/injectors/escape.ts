/** Angle brackets and what looks like them. */
const ANGLE = /[<>＜＞﹤﹥‹›〈〉⟨⟩❮❯≺≻]/gu;
/** Visible ASCII and spaces without an angle bracket: nothing here is ever escaped, and most rules hold nothing else. */
const PLAIN = /^[ -;=?-~]*$/;
/** Characters after an angle bracket in which the name of a fence is looked for. */
const FENCE_NAME_CHARACTERS_MAX = 40;
/** Letters of other scripts that look like those of the fence's name. */
const CONFUSABLE: Readonly<Record<string, string>> = {
  а: 'a',
  с: 'c',
  ϲ: 'c',
  е: 'e',
  ο: 'o',
  о: 'o',
  τ: 't',
  т: 't',
  г: 'r',
  ӏ: 'l',
  ı: 'l',
};

/**
 * Characters that end a line, that cannot be seen, or that change the direction of text: C0 without tab and line feed,
 * delete, C1, soft hyphen, zero-width, bidirectional, line and paragraph separators, invisible operators, byte order
 * mark, tags and lone surrogates.
 */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E0FFF}]|\p{Cs}/gu;

/** Writes invisible characters as `\u{…}`, so that nobody reads what nobody sees. Tabs become spaces, line feeds stay. */
export function escapeInvisible(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll('\t', ' ')
    .replace(INVISIBLE, (found) => `\\u{${(found.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * A text as one line inside a fence: an angle bracket that opens something like a fence (`</tracelore-…`, in whatever
 * spelling) becomes `&lt;`, line feeds become `\n`, invisible characters are written out. Other angle brackets stay: rules
 * compare numbers.
 */
export function escapeLine(text: string): string {
  if (PLAIN.test(text)) return text.trim();
  const disarmed = text.replace(ANGLE, (bracket, at: number) =>
    opensFence(text.slice(at + bracket.length)) ? '&lt;' : bracket,
  );
  return escapeInvisible(disarmed).trim().replaceAll(/ *\n/g, '\\n');
}

function opensFence(after: string): boolean {
  const folded = after.slice(0, FENCE_NAME_CHARACTERS_MAX).normalize('NFKC').toLowerCase();
  const letters = Array.from(folded, (letter) => CONFUSABLE[letter] ?? letter).join('');
  return letters.replaceAll(/[^a-z]/g, '').startsWith('tracelore');
}
