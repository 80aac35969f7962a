import { createHash } from 'node:crypto';
import type { RuleText } from './rule.ts';

/**
 * Hash of what a rule says, blind to case, width, white space, list marks and closing punctuation. Two rules with the
 * same hash are the same rule: SHA-256 hex over normalised `appliesWhen` and `content`. The kind does not count, since
 * analyzers label one lesson differently from run to run.
 */
export function ruleTextHash(text: Pick<RuleText, 'content' | 'appliesWhen'>): string {
  const whole = `${normalise(text.appliesWhen)}\n${normalise(text.content)}`;
  return createHash('sha256').update(whole).digest('hex');
}

function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/^\s*(?:[-*•]|\d+[.)])\s+/gm, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/[.!;,:\s]+$/, '');
}
