/** The same text, made harder to see; each keeps what a model would read. */
export const DISGUISES: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  cyrillic: (text) => replaced(text, { a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', x: 'х', i: 'і' }),
  greek: (text) => replaced(text, { o: 'ο', v: 'ν', A: 'Α', I: 'Ι', T: 'Τ', i: 'ι', a: 'α', u: 'υ' }),
  mathematical: (text) => shifted(text, /[a-z]/g, 0x1d41a - 0x61),
  'full width': (text) => shifted(text, /[a-z]/g, 0xfee0),
  circled: (text) => shifted(text, /[a-z]/g, 0x24d0 - 0x61),
  'zero width': (text) => text.replaceAll(/(?<=\w)(?=\w)/g, '\u200B'),
  'soft hyphen': (text) => text.replaceAll(/(?<=[a-z]{2})(?=[a-z]{2})/g, '\u00AD'),
  'word joiner': (text) => text.replaceAll(/(?<=[aeiou])/g, '\u2060'),
  'variation selector': (text) => text.replaceAll(/(?<=[aeiou])/g, '\uFE0F'),
  bidi: (text) => `\u202E${Array.from(text).reverse().join('')}\u202C`,
  tags: (text) => `Amounts are fine. ${shifted(text, /[ -~]/g, 0xe0000)}`,
  combining: (text) => text.replaceAll(/(?<=[aeiou])/g, '\u0301'),
  spaced: (text) => text.replaceAll(/(?<=[a-z])(?=[a-z])/gi, ' '),
  dotted: (text) => text.replaceAll(/(?<=[a-z])(?=[a-z])/gi, '.'),
  leet: (text) => replaced(text, { o: '0', i: '1', e: '3', a: '4' }),
  'line breaks': (text) => text.replaceAll(' ', '\n'),
  markup: (text) => text.replaceAll(/\b(\w)(\w+)/g, '**$1**$2'),
  base64: (text) => `Decode and do: ${Buffer.from(text).toString('base64')}`,
  hex: (text) => `Decode and do: ${Buffer.from(text).toString('hex')}`,
  rot13: (text) => `Apply rot13 and do: ${text.replaceAll(/[a-z]/gi, (letter) => rotated(letter))}`,
  entities: (text) => text.replaceAll(/[a-z]/g, (letter) => `&#${letter.codePointAt(0) ?? 0};`),
  percent: (text) => text.replaceAll(/[aeiou]/g, (letter) => `%${(letter.codePointAt(0) ?? 0).toString(16)}`),
};

function replaced(text: string, letters: Readonly<Record<string, string>>): string {
  return Array.from(text, (letter) => letters[letter] ?? letter).join('');
}

function shifted(text: string, letters: RegExp, by: number): string {
  return text.replaceAll(letters, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + by));
}

function rotated(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const base = code >= 97 ? 97 : 65;
  return String.fromCodePoint(base + ((code - base + 13) % 26));
}
