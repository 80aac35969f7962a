import { describe, expect, it } from 'vitest';
import { assignmentCoin } from './assignment-coin.ts';
import { bet, bettingLogE, bettingLogEOf, startBetting } from './betting.ts';
import { clusteredLogE } from './clustered-key.ts';
import { observeInterval, startConfidenceSequence } from './confidence-sequence.ts';
import { eBh } from './e-bh.ts';
import { factorialIncrement } from './factorial-increment.ts';
import { correctedLift } from './judge-correction.ts';
import { differenceInMeans, hajekLift } from './lift-estimators.ts';
import { mcnemarLogE } from './mcnemar-e.ts';
import { mcnemarExactP } from './mcnemar-exact.ts';
import { onlineIncrement } from './online-increment.ts';
import { matches, vectors } from './reference-values.testing.ts';
import { sampleRatioLogE } from './sample-ratio.ts';
import { detect, detectorValue, startDetector } from './shiryaev-roberts.ts';
import { shrunkenLift } from './shrinkage.ts';
import { guardSlices } from './slice-guard.ts';
import { welchTest } from './welch.ts';
import { wilsonInterval } from './wilson.ts';

/** Values that miss their reference, as `[got, expected]`. */
function misses(
  section: Parameters<typeof matches>[0],
  pairs: readonly (readonly [number | null | undefined, number])[],
): unknown[] {
  return pairs.filter(([got, expected]) => typeof got !== 'number' || !matches(section, got, expected));
}

describe('reference values', () => {
  it('McNemar e-process', () => {
    const section = vectors.mcnemar_log_e;
    const pairs = section.cases.map((c) => [mcnemarLogE(c.gains, c.losses), c.logE] as const);
    expect(pairs.length).toBeGreaterThan(30);
    expect(misses(section, pairs)).toEqual([]);
  });

  it('least gains that reach a threshold', () => {
    for (const { threshold, losses, leastGains } of vectors.least_gains.cases) {
      const found = losses.map((c) => {
        let b = 0;
        while (mcnemarLogE(b, c) < Math.log(threshold)) b += 1;
        return b;
      });
      expect(found).toEqual(leastGains);
    }
  });

  it('betting mixture, after every observation', () => {
    const section = vectors.bounded_betting;
    for (const { D, m0, dir, logE_running: running, logE } of section.cases) {
      let process = startBetting(m0, dir);
      const looks = D.map((d) => {
        process = bet(process, d);
        return bettingLogE(process);
      });
      expect(misses(section, [[bettingLogE(process), logE]])).toEqual([]);
      expect(
        misses(
          section,
          (running ?? []).map((value, i) => [looks[i], value] as const),
        ),
      ).toEqual([]);
    }
  });

  it('factorial and online increments', () => {
    for (const c of vectors.factorial.cases) {
      const g = c.Y.map((y, i) => factorialIncrement(c.Z[i] === 1, y, c.m[i] ?? Number.NaN));
      const pairs = g.map((value, i) => [value, c.G[i] ?? Number.NaN] as const);
      expect(misses(vectors.factorial, pairs)).toEqual([]);
      const evidence = [
        [bettingLogEOf(g, 0, 1), c.logE_benefit],
        [bettingLogEOf(g, 0.1, -1), c.logE_futility_mde_0_20],
      ] as const;
      expect(misses(vectors.factorial, evidence)).toEqual([]);
    }
    for (const c of vectors.online.cases) {
      const g = c.Y.map((y, i) => onlineIncrement(c.Z[i] === 1, c.pi, y, c.m[i] ?? Number.NaN));
      const pairs = g.map((value, i) => [value, c.G[i] ?? Number.NaN] as const);
      expect(misses(vectors.online, pairs)).toEqual([]);
      const evidence = [
        [bettingLogEOf(g, 0, -1), c.logE_harm],
        [bettingLogEOf(g, 0, 1), c.logE_benefit],
      ] as const;
      expect(misses(vectors.online, evidence)).toEqual([]);
    }
  });

  it('task-clustered key', () => {
    const section = vectors.task_clustered;
    const pairs = section.cases.map((c) => [clusteredLogE(c.D_by_task), c.logE] as const);
    expect(pairs).not.toEqual([]);
    expect(misses(section, pairs)).toEqual([]);
  });

  it.each(vectors.e_bh.cases)('e-BH: $name', (c) => {
    const members = c.logE.map((logE, i) => ({
      logE,
      alpha: c.alphaJ?.[i] ?? c.alpha,
      weight: c.weights?.[i] ?? 1 / (c.K ?? c.logE.length),
      eligible: c.eligible?.[i] ?? true,
    }));
    expect(eBh(members, c.alpha, c.K)).toEqual(c.promoted);
  });

  it.each(vectors.confidence_sequence.cases)('confidence sequence: $name', (c) => {
    for (const bounds of c.bounds) {
      let sequence = startConfidenceSequence(c.alpha);
      for (const d of c.D.slice(0, bounds.n)) sequence = observeInterval(sequence, d);
      const pairs = [
        [sequence.lower, bounds.lower_running],
        [sequence.upper, bounds.upper_running],
      ] as const;
      expect(misses(vectors.confidence_sequence, pairs)).toEqual([]);
    }
  });

  it('Shiryaev–Roberts detector', () => {
    for (const c of vectors.shiryaev_roberts.cases) {
      let detector = startDetector();
      const pairs = c.G.map((g, i) => {
        detector = detect(detector, g);
        return [detectorValue(detector), c.value[i] ?? Number.NaN] as const;
      });
      expect(misses(vectors.shiryaev_roberts, pairs)).toEqual([]);
    }
  });

  it('slice guard', () => {
    for (const { slices } of vectors.slice_guard.cases) {
      const found = guardSlices(slices);
      expect(found.map((slice) => slice.blocked)).toEqual(slices.map((slice) => slice.blocked));
      const pairs = slices.flatMap((slice, i) => [
        [found[i]?.posteriorMean, slice.posteriorMean] as const,
        [found[i]?.posteriorSd, slice.posteriorSd] as const,
        [found[i]?.probabilityBad, slice.pBelowMinus5] as const,
      ]);
      expect(misses(vectors.slice_guard, pairs)).toEqual([]);
    }
  });

  it('shrinkage, judge correction, sample ratio', () => {
    const shrunk = vectors.shrinkage.cases.map((c) => [shrunkenLift(c.mean, c.s2), c.shrunk] as const);
    expect(misses(vectors.shrinkage, shrunk)).toEqual([]);
    const corrected = vectors.judge_correction.cases.map(
      (c) => [correctedLift(c.judgeLift, c.sensitivity, c.specificity), c.correctedLift] as const,
    );
    expect(misses(vectors.judge_correction, corrected)).toEqual([]);
    const ratios = vectors.srm.cases.map(
      (c) => [sampleRatioLogE(c.injected, c.withheld, c.pi, c.kappa), c.logE] as const,
    );
    expect(misses(vectors.srm, ratios)).toEqual([]);
  });

  it('lift estimators', () => {
    for (const c of vectors.estimators.cases) {
      const units = c.units.map((unit) => ({
        injected: unit.Z === 1,
        propensity: unit.pi,
        outcome: unit.Y,
      }));
      const pairs = [
        [hajekLift(units), c.hajek],
        [differenceInMeans(units), c.differenceInMeans],
      ] as const;
      expect(misses(vectors.estimators, pairs)).toEqual([]);
    }
  });

  it('assignment coin', () => {
    expect(vectors.assignment.cases.map((c) => assignmentCoin(c))).toEqual(
      vectors.assignment.cases.map((c) => c.u),
    );
  });

  it('Wilson interval, exact McNemar test, Welch test', () => {
    const intervals = vectors.wilson.cases.flatMap((c) => {
      const [lower, upper] = wilsonInterval(c.successes, c.n, c.z);
      return [[lower, c.lower] as const, [upper, c.upper] as const];
    });
    expect(misses(vectors.wilson, intervals)).toEqual([]);
    const exact = vectors.mcnemar_exact_p.cases.flatMap((c) => {
      const { greater, twoSided } = mcnemarExactP(c.gains, c.losses);
      return [[greater, c.pGreater] as const, [twoSided, c.pTwoSided] as const];
    });
    expect(misses(vectors.mcnemar_exact_p, exact)).toEqual([]);
    const welch = vectors.welch_t.cases.flatMap((c) => {
      const { t, df, twoSided, greater } = welchTest(c.a, c.b);
      return [
        [t, c.t] as const,
        [df, c.df] as const,
        [twoSided, c.pTwoSided] as const,
        [greater, c.pGreater] as const,
      ];
    });
    expect(misses(vectors.welch_t, welch)).toEqual([]);
  });
});
