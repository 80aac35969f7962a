import { coinSalt, isHeldOut } from '../serving/coins.ts';
import { assignmentCoin } from '../stats/assignment-coin.ts';
import { AgentFingerprints } from './agent-fingerprints.ts';
import { epochName } from './epoch.ts';
import { observeUnit, startWatch, type RuleWatch } from './rule-watch.ts';
import { withheldShare, type StageShares } from './stage.ts';
import type { ClosedUnit } from './stratum.ts';

export interface TwinOptions {
  /** Secret of the service: its coins follow from it. */
  readonly secret: string;
  readonly project: string;
  readonly shares: StageShares;
  readonly holdoutGlobal: number;
}

/** A rule that came into service: its id, and its experiment without a fingerprint, `version.entry`. */
export interface TwinRule {
  readonly id: string;
  readonly entry: string;
}

/** What the service has to answer to one unit. */
export interface TwinAnswer {
  readonly arm: 'served' | 'holdout';
  /** Ids of the rules in the text, sorted. */
  readonly injected: readonly string[];
}

/**
 * What the service should do, told by its secret, the coins and the kernel alone: same units, same outcomes, same order.
 * Outcomes of units that were asked for count when {@link closeUnits} is called, as in the service after its next look.
 */
export class KernelTwin {
  readonly #options: TwinOptions;
  readonly #salt: string;
  readonly #rules: readonly TwinRule[];
  readonly #watches: Map<string, RuleWatch> = new Map();
  readonly #seen: Set<string> = new Set();
  /** Closed units of every experiment, in the order in which they were decided, with the fingerprint they count for. */
  #open: { readonly key: string; readonly fingerprint: string; readonly unit: ClosedUnit }[] = [];
  readonly #removed: Set<string> = new Set();
  #fingerprints: AgentFingerprints = new AgentFingerprints(() => false);

  constructor(rules: readonly TwinRule[], options: TwinOptions) {
    this.#rules = rules;
    this.#options = options;
    this.#salt = coinSalt(options.secret, options.project);
    this.restart();
  }

  /** The service was restarted: what it only had in memory is gone. */
  restart(): void {
    this.#fingerprints = new AgentFingerprints((fingerprint) => this.#seen.has(fingerprint));
  }

  /** Answers one unit; `outcomeOf` is asked what becomes of it, given the rules in its text. */
  answer(
    unit: string,
    fingerprint: string,
    outcomeOf: (injected: readonly string[]) => number | null,
  ): TwinAnswer & { readonly outcome: number | null } {
    const counted = this.#fingerprints.resolve('', fingerprint, unit);
    const isHeld = isHeldOut(this.#salt, unit, { global: this.#options.holdoutGlobal, rule: 0 });
    const given: string[] = [];
    const tossed: { key: string; injected: boolean; propensity: number }[] = [];
    for (const { id, entry } of this.#rules) {
      if (isHeld || this.#removed.has(id)) continue;
      const epoch = epochName(entry, counted);
      const key = `${id} ${epoch}`;
      const propensity = 1 - this.withheld(id, epoch);
      const injected = assignmentCoin({ salt: this.#salt, ruleId: id, epoch, unit }) < propensity;
      if (injected) given.push(id);
      if (propensity > 0 && propensity < 1) tossed.push({ key, injected, propensity });
    }
    const outcome = outcomeOf(given);
    for (const { key, injected, propensity } of tossed)
      this.#open.push({ key, fingerprint: counted, unit: { injected, propensity, outcome } });
    return { arm: isHeld ? 'holdout' : 'served', injected: given.toSorted(), outcome };
  }

  /** The outcomes of all answered units are known. */
  closeUnits(): void {
    for (const { key, fingerprint, unit } of this.#open) {
      this.#watches.set(key, observeUnit(this.#watches.get(key) ?? startWatch(), unit));
      this.#seen.add(fingerprint);
    }
    this.#open = [];
    for (const { id } of this.#rules) {
      const stages = this.epochsOf(id).map(({ watch }) => watch.stage);
      if (stages.includes('steady') || stages.length === 0) continue;
      if (stages.includes('deprecated') || stages.every((stage) => stage === 'dormant'))
        this.#removed.add(id);
    }
  }

  withheld(ruleId: string, epoch: string): number {
    const watch = this.#watches.get(`${ruleId} ${epoch}`);
    return withheldShare(watch?.stage ?? 'canary', watch?.cautious ?? false, this.#options.shares);
  }

  /** Every experiment of a rule so far. */
  epochsOf(ruleId: string): { readonly epoch: string; readonly watch: RuleWatch }[] {
    return [...this.#watches].flatMap(([key, watch]) => {
      const [id = '', epoch = ''] = key.split(' ');
      return id === ruleId ? [{ epoch, watch }] : [];
    });
  }

  /** Whether the rule was taken out of service. */
  isRemoved(ruleId: string): boolean {
    return this.#removed.has(ruleId);
  }
}
