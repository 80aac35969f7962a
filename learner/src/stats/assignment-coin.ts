import { hash } from 'node:crypto';

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
  const text = [key.salt, key.ruleId, key.epoch, key.unit].join('\u0000');
  const digest = hash('sha256', text, 'buffer');
  return (digest.readUInt32BE(0) * 2 ** 21 + (digest.readUInt32BE(4) >>> 11)) / 2 ** 53;
}
