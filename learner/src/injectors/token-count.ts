import { countTokens as countEncoded } from 'gpt-tokenizer/encoding/o200k_base';

/** Without this, text that looks like a special token (`<|endoftext|>`) would be refused instead of counted. */
const PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/** o200k_base tokens of a text. Text that looks like a special token counts as plain text. */
export function countTokens(text: string): number {
  return countEncoded(text, PLAIN_TEXT);
}
