import { shortId } from '../ids.ts';
import { countTokens } from '../injectors/token-count.ts';
import type { RuleText } from './rule.ts';

/** o200k_base tokens of the line a rule takes in a prompt. */
export function countRuleTokens(id: string, text: Pick<RuleText, 'content' | 'appliesWhen'>): number {
  return countTokens(`[${shortId(id)}] when ${text.appliesWhen}: ${text.content}\n`);
}
