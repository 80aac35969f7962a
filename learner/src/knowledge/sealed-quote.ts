import { createHash, randomBytes } from 'node:crypto';
import type { Evidence } from './rule.ts';

/**
 * Words of a recorded run that a rule stands on. They are kept beside the log, which holds only their seal: so they can be
 * erased, and the chain of the log still verifies.
 */
export interface SealedQuote {
  /** SHA-256 over salt, principal and quote, hex. With the salt gone nobody can tell from it what was quoted, or of whom. */
  readonly seal: string;
  readonly salt: string;
  /** '' = the run names nobody. */
  readonly principal: string;
  readonly runId: string;
  readonly traceId: string;
  readonly quote: string;
}

const SALT_BYTES = 16;

export interface SealedEvidence {
  /** For the log: without words, `sha256` is the seal. */
  readonly evidence: readonly Omit<Evidence, 'quote' | 'principal'>[];
  /** To be kept beside it. */
  readonly quotes: readonly SealedQuote[];
}

export function sealEvidence(evidence: readonly Evidence[]): SealedEvidence {
  const quotes = evidence.map(({ runId, traceId, quote, principal = '' }): SealedQuote => {
    const salt = randomBytes(SALT_BYTES).toString('hex');
    return { seal: sealOf({ salt, principal, quote }), salt, principal, runId, traceId, quote };
  });
  return {
    evidence: evidence.map(({ quote: _apart, principal: _too, ...place }, index) => ({
      ...place,
      sha256: quotes[index]?.seal ?? '',
    })),
    quotes,
  };
}

/** Whether the words are those that were sealed. */
export function isUnbroken(quote: SealedQuote): boolean {
  return sealOf(quote) === quote.seal;
}

function sealOf({ salt, principal, quote }: Pick<SealedQuote, 'salt' | 'principal' | 'quote'>): string {
  return createHash('sha256').update(`${salt}\n${principal}\n${quote}`).digest('hex');
}
