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
 * Token counts as they are stored; unknown stays `null`. Totals include their parts by convention. A sender that counts parts
 * beside them is corrected where its own total of everything proves it; otherwise its numbers are kept, and a row whose
 * parts exceed their total is flagged.
 */
export function tokensOf(fields: CanonicalFields): { readonly tokens: Tokens; readonly warnings: string[] } {
  const cacheReadTokens = count(fields.cacheReadTokens);
  const cacheWriteTokens = count(fields.cacheWriteTokens);
  const reasoningTokens = count(fields.reasoningTokens);
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const reasoning = reasoningTokens ?? 0;
  let inputTokens = count(fields.inputTokens);
  let outputTokens = count(fields.outputTokens);
  const warnings: string[] = [];
  const total = count(fields.totalTokens);
  if (total !== null && inputTokens !== null && outputTokens !== null) {
    const beside = total - inputTokens - outputTokens;
    const isBoth = beside === cached + reasoning;
    // The same number of either could be either.
    const isOne = cached !== reasoning;
    if (cached > 0 && (isBoth || (isOne && beside === cached))) {
      inputTokens = Math.min(inputTokens + cached, TOKENS_MAX);
      warnings.push('cache_beside_input');
    }
    if (reasoning > 0 && (isBoth || (isOne && beside === reasoning))) {
      outputTokens = Math.min(outputTokens + reasoning, TOKENS_MAX);
      warnings.push('reasoning_beside_output');
    }
  }
  if (inputTokens !== null && cached > inputTokens) warnings.push('cache_exceeds_input');
  if (outputTokens !== null && reasoning > outputTokens) warnings.push('reasoning_exceeds_output');
  return {
    tokens: { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens },
    warnings,
  };
}

function count(value: number | undefined): number | null {
  return value !== undefined && value >= 0 && value <= TOKENS_MAX ? Math.round(value) : null;
}
