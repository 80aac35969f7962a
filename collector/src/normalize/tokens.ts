import type { CanonicalFields } from './canonical-fields.ts';

/** Largest count stored: the column is 32 bits wide. */
const TOKENS_MAX = 0xffff_ffff;

export interface Tokens {
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
}

/**
 * Token counts as they are stored; unknown stays `null`. Totals include their parts by convention. A sender that counts
 * the parts beside the totals is not corrected by guess: its numbers are kept and the row is flagged.
 */
export function tokensOf(fields: CanonicalFields): { readonly tokens: Tokens; readonly warnings: string[] } {
  const tokens: Tokens = {
    inputTokens: count(fields.inputTokens),
    outputTokens: count(fields.outputTokens),
    cacheReadTokens: count(fields.cacheReadTokens),
    cacheWriteTokens: count(fields.cacheWriteTokens),
    reasoningTokens: count(fields.reasoningTokens),
  };
  const warnings: string[] = [];
  const cached = (tokens.cacheReadTokens ?? 0) + (tokens.cacheWriteTokens ?? 0);
  if (tokens.inputTokens !== null && cached > tokens.inputTokens) warnings.push('cache_exceeds_input');
  if (tokens.outputTokens !== null && (tokens.reasoningTokens ?? 0) > tokens.outputTokens)
    warnings.push('reasoning_exceeds_output');
  return { tokens, warnings };
}

function count(value: number | undefined): number | null {
  return value !== undefined && value >= 0 && value <= TOKENS_MAX ? Math.round(value) : null;
}
