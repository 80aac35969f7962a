import { createHash } from 'node:crypto';

/** What a coin depends on: the same four values give the same coin everywhere and forever. */
export interface CoinKey {
  readonly salt: string;
  readonly ruleId: string;
  /** Changes with every (re)entry to canary: old coins must not predict new ones. */
  readonly epoch: string;
  /** Unit of randomisation: conversation, else session, else run. */
  readonly unit: string;
}

/**
 * The coin of a unit for a rule, uniform in [0, 1): the top 53 bits of SHA-256 over salt, rule, epoch and unit joined by
 * U+0000. Inject when it is below the propensity.
 */
export function assignmentCoin(key: CoinKey): number {
  const digest = createHash('sha256')
    .update([key.salt, key.ruleId, key.epoch, key.unit].join('\u0000'))
    .digest();
  return Number(digest.readBigUInt64BE(0) >> 11n) / 2 ** 53;
}
