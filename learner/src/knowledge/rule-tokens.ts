import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { shortId } from '../ids.ts';
import type { RuleText } from './rule.ts';

/** o200k_base tokens of the line a rule takes in a prompt. Text that looks like a special token counts as plain text. */
export function countRuleTokens(id: string, text: Pick<RuleText, 'content' | 'appliesWhen'>): number {
  const line = `[${shortId(id)}] when ${text.appliesWhen}: ${text.content}\n`;
  return countTokens(line, { disallowedSpecial: new Set() });
}
