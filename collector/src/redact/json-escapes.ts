/** A character of ASCII that JSON need not escape as a number, and that some languages do. */
const ESCAPED = /\\u00([2-7][0-9a-fA-F])/g;
const ANY_ESCAPED = new RegExp(ESCAPED.source);

/**
 * JSON text with the same meaning, in which secrets can be seen: `\u002B` becomes `+`, `\u0022` the shorter `\"`. Other
 * text stays as it is.
 */
export function withoutEscapes(text: string): string {
  if (!text.includes('\\') || !ANY_ESCAPED.test(text)) return text;
  return text.replace(ESCAPED, (whole: string, hex: string, offset: number) => {
    let backslashes = 0;
    while (backslashes < offset && text[offset - backslashes - 1] === '\\') backslashes += 1;
    // After an odd number the backslash is itself escaped.
    if (backslashes % 2 === 1) return whole;
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return character === '"' || character === '\\' ? `\\${character}` : character;
  });
}
