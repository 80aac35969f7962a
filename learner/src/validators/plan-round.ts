import { createHash } from 'node:crypto';
import { itemReference } from '@tracelore/sdk/contract';
import type { Random } from '../stats/random.ts';
import type { TrialSpec } from '../trials/trial-runner.ts';
import { openCases } from './draw-cases.ts';
import { logEvidence } from './evidence.ts';
import type { RaceSettings } from './race-options.ts';
import type { Contender, Race } from './race-state.ts';

/** One comparison of a round: the contender's run of a case against the baseline stored under `key`. */
export interface PlannedPair {
  readonly contender: Contender;
  readonly caseId: string;
  readonly key: string;
}

/** What one trial of the round is for. */
export type Slot =
  | { readonly kind: 'treatment'; readonly pair: PlannedPair }
  | { readonly kind: 'baseline'; readonly caseId: string; readonly key: string };

export interface Round {
  readonly pairs: readonly PlannedPair[];
  /** In the order of {@link specs}. */
  readonly slots: readonly Slot[];
  readonly specs: readonly TrialSpec[];
}

/**
 * Plans one call of the runner: a batch for each of the most promising contenders (upper confidence bound
 * `logE + sqrt(ln(1+Σn)/(1+n))`, n over all periods so that a restarted paraphrase of what was just promoted is not tried
 * again first; allocation never affects validity), baselines only where the cache has none, all in
 * random order so that an outage hits both arms alike. Never plans more trials than the budget has left; no pairs when
 * not even one fits.
 */
export function planRound(race: Race, random: Random, settings: RaceSettings, group: string): Round {
  const pairs: PlannedPair[] = [];
  const baselines = new Map<string, Slot>();
  let left = settings.runsBudget - race.runsUsed;
  for (const contender of byPromise(race).slice(0, settings.lanes)) {
    let batch = 0;
    const room = Math.min(settings.batchTasks, settings.pairsMax - contender.attempts);
    for (const caseId of openCases(contender, race, random)) {
      if (batch >= room) break;
      const key = baselineKey(race, caseId, contender.pass);
      const missing = !baselines.has(key) && !isFresh(race, key, settings);
      const cost = 1 + (missing ? settings.baselineRuns : 0);
      if (cost > left) continue;
      left -= cost;
      batch += 1;
      pairs.push({ contender, caseId, key });
      if (missing) baselines.set(key, { kind: 'baseline', caseId, key });
    }
  }
  const slots = random
    .split(`round ${race.round}`)
    .shuffle([
      ...pairs.map((pair): Slot => ({ kind: 'treatment', pair })),
      ...[...baselines.values()].flatMap((slot) => Array.from({ length: settings.baselineRuns }, () => slot)),
    ]);
  const inForce = race.inForce.rules.map(itemReference);
  return { pairs, slots, specs: slots.map((slot) => specOf(slot, inForce, group)) };
}

function specOf(slot: Slot, inForce: readonly string[], group: string): TrialSpec {
  if (slot.kind === 'baseline') return { caseId: slot.caseId, rules: inForce, purpose: 'baseline', group };
  const { caseId, contender } = slot.pair;
  return { caseId, rules: [...inForce, itemReference(contender.rule)], purpose: 'treatment', group };
}

function byPromise(race: Race): Contender[] {
  const active = race.contenders.filter((contender) => contender.status === 'active');
  const tried = race.contenders.reduce((sum, contender) => sum + contender.runs.treatment, 0);
  return active
    .map((contender) => ({
      contender,
      promise:
        logEvidence(contender.evidence).benefit +
        Math.sqrt(Math.log1p(tried) / (1 + contender.runs.treatment)),
    }))
    .sort((a, b) => b.promise - a.promise)
    .map((entry) => entry.contender);
}

/**
 * Baselines are shared by (case, pass, text of the rules in force). A contender visits a case once per pass and passes
 * only count upwards, so it never sees the same baseline run twice: reuse over passes would multiply false promotions
 * by five.
 */
function baselineKey(race: Race, caseId: string, pass: number): string {
  const block = createHash('sha256')
    .update(race.inForce.blocks[caseId] ?? '')
    .digest('hex')
    .slice(0, 16);
  return `${caseId}\u0000${pass}\u0000${block}`;
}

/** Old baselines may come from before an outage that treatment runs now suffer from. */
function isFresh(race: Race, key: string, settings: RaceSettings): boolean {
  const entry = race.baselines[key];
  return entry !== undefined && race.runsUsed - entry.atRun <= settings.cacheRuns;
}
