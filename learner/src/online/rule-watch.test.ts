import { describe, expect, it } from 'vitest';
import { bettingLogE, bettingLogEOf } from '../stats/betting.ts';
import { onlineIncrement } from '../stats/online-increment.ts';
import { createRandom } from '../stats/random.ts';
import { brokenSplit, observeUnit, predictNext, startWatch, WATCH, type RuleWatch } from './rule-watch.ts';
import { withheldShare, stageShares } from './stage.ts';
import type { ClosedUnit } from './stratum.ts';

const SHARES = stageShares(0.1, true);

function observeAll(units: readonly ClosedUnit[], from: RuleWatch = startWatch()): RuleWatch {
  return units.reduce(observeUnit, from);
}

/** Alternating arms at π = ½: what one arm gets and what the other. */
function alternating(units: number, withRule: number | null, without: number | null): ClosedUnit[] {
  return Array.from({ length: units }, (_, at) => {
    const injected = at % 2 === 0;
    return { injected, propensity: 0.5, outcome: injected ? withRule : without };
  });
}

function randomUnits(seed: string, units: number, withRule: number, without: number): ClosedUnit[] {
  const random = createRandom(seed);
  return Array.from({ length: units }, () => {
    const injected = random.next() < 0.5;
    return { injected, propensity: 0.5, outcome: Number(random.next() < (injected ? withRule : without)) };
  });
}

describe('evidence', () => {
  it('is the betting mixture over the increments of each unit, predicted from the past only', () => {
    const units = randomUnits('evidence', 150, 0.5, 0.5);
    const past: number[] = [];
    const increments = units.map(({ injected, propensity, outcome }) => {
      const g = onlineIncrement(injected, propensity, outcome ?? 0, predictNext(past));
      past.push(outcome ?? 0);
      return g;
    });
    const watch = observeAll(units);
    expect(bettingLogE(watch.harm)).toBeCloseTo(bettingLogEOf(increments, 0, -1), 10);
    expect(bettingLogE(watch.benefit)).toBeCloseTo(bettingLogEOf(increments, 0, 1), 10);
    expect(bettingLogE(watch.futility)).toBeCloseTo(
      bettingLogEOf(increments, 0.5 * WATCH.futileLift, -1),
      10,
    );
  });

  it('does not move when no outcome came, but the unit counts', () => {
    const before = observeAll(randomUnits('missing', 50, 0.7, 0.4));
    const after = observeUnit(before, { injected: true, propensity: 0.5, outcome: null });
    expect(after.units).toBe(before.units + 1);
    expect(bettingLogE(after.harm)).toBe(bettingLogE(before.harm));
    expect(after.recent).toEqual(before.recent);
  });

  it('continues exactly after being stored as JSON at any point', () => {
    const units = randomUnits('stored', 300, 0.45, 0.55);
    const whole = observeAll(units);
    for (const at of [0, 1, 150, 299]) {
      const stored: RuleWatch = JSON.parse(JSON.stringify(observeAll(units.slice(0, at))));
      expect(observeAll(units.slice(at), stored)).toEqual(whole);
    }
  });
});

describe('stages', () => {
  it('canary ends after 200 units without sign of harm, and the rule is withheld less', () => {
    const before = observeAll(alternating(199, 0.5, 0.5));
    expect(before.stage).toBe('canary');
    const after = observeUnit(before, { injected: true, propensity: 0.5, outcome: 0.5 });
    expect(after.stage).toBe('active');
    expect(withheldShare(before.stage, before.cautious, SHARES)).toBe(0.5);
    expect(withheldShare(after.stage, after.cautious, SHARES)).toBe(0.2);
  });

  it('canary goes on to 400 units while harm shows', () => {
    const harmless = alternating(192, 0.5, 0.5);
    const watch = observeAll([...harmless, ...alternating(10, 0, 1)]);
    expect(bettingLogE(watch.harm)).toBeGreaterThan(Math.log(WATCH.canaryHarmE));
    expect(watch).toMatchObject({ units: 202, stage: 'canary' });
    const unmoved = observeAll(alternating(197, null, null), watch);
    expect(unmoved.stage).toBe('canary');
    expect(observeAll(alternating(1, null, null), unmoved).stage).toBe('active');
  });

  it('a harmful rule is deprecated as soon as E reaches 20, in canary too, and stays so', () => {
    let watch = startWatch();
    for (const unit of randomUnits('harm', 400, 0.2, 0.8)) {
      if (watch.stage === 'deprecated') break;
      expect(bettingLogE(watch.harm)).toBeLessThan(Math.log(WATCH.harmE));
      watch = observeUnit(watch, unit);
    }
    expect(watch.stage).toBe('deprecated');
    expect(bettingLogE(watch.harm)).toBeGreaterThanOrEqual(Math.log(WATCH.harmE));
    expect(withheldShare(watch.stage, watch.cautious, SHARES)).toBe(1);
    expect(observeAll(randomUnits('late', 200, 1, 0), watch).stage).toBe('deprecated');
  });

  it('a proven rule becomes steady; a rule that helps too little sleeps', () => {
    expect(observeAll(randomUnits('good', 300, 0.9, 0.5)).stage).toBe('steady');
    const useless = alternating(WATCH.futilityUnitsMin, 0.55, 0.55);
    expect(observeAll(useless.slice(1)).stage).toBe('active');
    expect(observeAll(useless).stage).toBe('dormant');
  });

  it('a lost benefit raises an alarm, which alone removes nothing', () => {
    const proven = observeAll(randomUnits('proven', 600, 0.9, 0.5));
    let watch = proven;
    for (const unit of randomUnits('flip', 400, 0.3, 0.8)) {
      watch = observeUnit(watch, unit);
      if (watch.stage !== 'steady') break;
    }
    expect(watch).toMatchObject({ stage: 'suspect', episodes: 1, suspicion: { units: 0 } });
    expect(withheldShare(watch.stage, watch.cautious, SHARES)).toBe(0.5);
    const cleared = observeAll(randomUnits('calm', WATCH.suspectUnits, 0.6, 0.6), watch);
    expect(cleared).toMatchObject({ stage: 'active', episodes: 1, suspicion: null });
    // Once suspect, never steady again in this epoch.
    expect(observeAll(randomUnits('again', 500, 0.9, 0.5), cleared).stage).toBe('active');
    expect(observeAll(randomUnits('harm', 400, 0.3, 0.8), watch).stage).toBe('deprecated');
  });

  it('a rule that turned after a long good past is watched closely before the alarm', () => {
    let watch = observeAll(randomUnits('long past', 1_500, 0.9, 0.6));
    expect(watch).toMatchObject({ stage: 'steady', cautious: false });
    const turned = randomUnits('turned', 400, 0.4, 0.8);
    for (const unit of turned) {
      if (watch.cautious) break;
      watch = observeUnit(watch, unit);
    }
    expect(watch).toMatchObject({ stage: 'steady', episodes: 0, cautious: true });
    expect(bettingLogE(watch.harm)).toBeLessThan(0);
    expect(withheldShare(watch.stage, watch.cautious, SHARES)).toBe(0.5);
    const better = observeAll(alternating(20, 1, 0), watch);
    expect(better).toMatchObject({ stage: 'steady', cautious: false });
  });

  it('gathering harm withholds the rule as in canary until it is gone', () => {
    const steady = observeAll(randomUnits('steady', 300, 0.9, 0.5));
    let watch: RuleWatch = { ...startWatch(), stage: 'steady' };
    const harm = alternating(40, 0, 1);
    for (const unit of harm) {
      if (watch.cautious) break;
      watch = observeUnit(watch, unit);
    }
    expect(watch).toMatchObject({ stage: 'steady', cautious: true });
    expect(withheldShare(watch.stage, watch.cautious, SHARES)).toBe(0.5);
    for (const unit of alternating(20, 1, 0)) watch = observeUnit(watch, unit);
    expect(watch.cautious).toBe(false);
    expect(withheldShare(steady.stage, steady.cautious, SHARES)).toBe(0.1);
  });
});

describe('nothing is decided', () => {
  it('when units are not split as the coins were', () => {
    const onlyWith = Array.from({ length: 60 }, () => ({ injected: true, propensity: 0.5, outcome: 0.5 }));
    const broken = observeAll(onlyWith);
    expect(brokenSplit(broken)).toBe('split');
    const harmful = observeAll(alternating(30, 0, 1), broken);
    expect(bettingLogE(harmful.harm)).toBeGreaterThan(Math.log(WATCH.harmE));
    expect([brokenSplit(harmful), harmful.stage]).toEqual(['split', 'canary']);
  });

  it('when outcomes go missing on one side', () => {
    const units = randomUnits('lost', 400, 0.1, 0.9).map((unit) =>
      unit.injected && unit.outcome === 1 ? unit : { ...unit, outcome: unit.injected ? null : unit.outcome },
    );
    const watch = observeAll(units);
    expect(brokenSplit(watch)).toBe('missing');
  });
});

describe('shares', () => {
  it('follow the steady share: never less early than late, nothing at 0, constant without stages', () => {
    expect(stageShares(0.1, true)).toEqual({ canary: 0.5, active: 0.2, steady: 0.1, suspect: 0.5 });
    expect(stageShares(0.3, true)).toEqual({ canary: 0.5, active: 0.3, steady: 0.3, suspect: 0.5 });
    expect(stageShares(0, true)).toEqual({ canary: 0, active: 0, steady: 0, suspect: 0 });
    expect(stageShares(0.1, false)).toEqual({ canary: 0.1, active: 0.1, steady: 0.1, suspect: 0.1 });
  });
});
