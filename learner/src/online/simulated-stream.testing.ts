import { createRandom } from '../stats/random.ts';
import { observeUnit, startWatch, type RuleWatch } from './rule-watch.ts';
import { withheldShare, type StageShares } from './stage.ts';

/** Chances of success of one simulated unit. */
export interface Chances {
  readonly without: number;
  readonly with: number;
}

export interface StreamOptions {
  readonly seed: string;
  readonly units: number;
  readonly shares: StageShares;
  readonly chances: (unit: number) => Chances;
  /** Share of units whose outcome never comes. Default 0. */
  readonly missing?: number;
  /** Where the rule stands when the stream begins. Default: at the start of canary. */
  readonly from?: RuleWatch;
}

/** What happened on a stream; unit numbers from 1, `null` = never. */
export interface StreamResult {
  readonly watch: RuleWatch;
  readonly deprecatedAt: number | null;
  readonly dormantAt: number | null;
  readonly suspectAt: number | null;
}

/** Serves one simulated rule to a stream of units by the real coins' shares and watches it. Ends when it is removed. */
export function runStream(options: StreamOptions): StreamResult {
  const random = createRandom(options.seed);
  let watch = options.from ?? startWatch();
  let suspectAt: number | null = null;
  for (let unit = 1; unit <= options.units; unit += 1) {
    const propensity = 1 - withheldShare(watch.stage, watch.cautious, options.shares);
    const injected = random.next() < propensity;
    const chances = options.chances(unit);
    const passed = random.next() < (injected ? chances.with : chances.without);
    const isMissing = random.next() < (options.missing ?? 0);
    watch = observeUnit(watch, { injected, propensity, outcome: isMissing ? null : Number(passed) });
    if (watch.stage === 'suspect') suspectAt ??= unit;
    if (watch.stage === 'deprecated') return { watch, deprecatedAt: unit, dormantAt: null, suspectAt };
    if (watch.stage === 'dormant') return { watch, deprecatedAt: null, dormantAt: unit, suspectAt };
  }
  return { watch, deprecatedAt: null, dormantAt: null, suspectAt };
}
