import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../stats/wilson.ts';
import { conventionWorld } from './convention-world.testing.ts';
import { createRaceValidator } from './race.ts';
import {
  independentWorld,
  simulate,
  simulatedCase,
  simulatedRule,
  type SimulatedWorld,
} from './simulated-world.testing.ts';
import type { CycleReport } from './validator.ts';

const GOOD = [0.8, 0.6, 0.5];
const HARMFUL = [-0.6, -0.5];

function promoted(report: CycleReport): string[] {
  return report.reports.flatMap((each) => (each.status === 'promoted' ? [each.ruleId] : [])).toSorted();
}

function accuracy(world: SimulatedWorld, ids: readonly string[]): number {
  const references = ids.map((id) => `${id}@1`);
  const cases = world.input.cases;
  return cases.reduce((sum, each) => sum + world.probability(each.id, references), 0) / cases.length;
}

/** Simulated cycles take about a fifth of a second each on a quiet machine, ms. */
const TIMEOUT_MS = 60_000;

describe('race over worlds with known effects', { timeout: TIMEOUT_MS }, () => {
  it('finds the good rules among harmful and useless ones', async () => {
    const found = new Map<string, number>();
    const cycles = 5;
    for (let i = 0; i < cycles; i += 1) {
      const world = independentWorld({
        seed: `mixed ${i}`,
        cases: 200,
        coverage: 0.15,
        mean: 0.5,
        icc: 0.4,
        effects: [...GOOD, ...HARMFUL, ...Array.from({ length: 15 }, () => 0)],
      });
      const report = await createRaceValidator({ runsBudget: 2_500 }).validate(world.input);
      for (const id of promoted(report)) found.set(id, (found.get(id) ?? 0) + 1);
      expect(report.icc).toBeGreaterThan(0.2);
      expect(report.icc).toBeLessThan(0.6);
    }
    const good = GOOD.reduce((sum, _, i) => sum + (found.get(`rule-${i}`) ?? 0), 0);
    const all = [...found.values()].reduce((sum, count) => sum + count, 0);
    expect(good / (cycles * GOOD.length)).toBeGreaterThan(0.8);
    expect(all - good).toBe(0);
  });

  it('promotes nothing where nothing helps, within its bound', async () => {
    const cycles = 16;
    let withFalse = 0;
    for (let i = 0; i < cycles; i += 1) {
      const world = independentWorld({
        seed: `null ${i}`,
        cases: 200,
        coverage: 0.15,
        mean: 0.6,
        icc: 0.4,
        effects: Array.from({ length: 20 }, () => 0),
      });
      const report = await createRaceValidator({ runsBudget: 1_200 }).validate(world.input);
      if (promoted(report).length > 0) withFalse += 1;
    }
    expect(wilsonInterval(withFalse, cycles)[0]).toBeLessThan(0.05);
    expect(withFalse).toBeLessThanOrEqual(1);
  });

  it('finds rules that only help together: restart and ladder', async () => {
    const world = conventionWorld({
      seed: 'together',
      cases: 200,
      conventions: 9,
      wrong: 6,
      vague: 5,
      spill: 0.05,
    });
    const report = await createRaceValidator({ runsBudget: 2_500, confirmRuns: 600 }).validate(world.input);
    const ids = promoted(report);
    expect(ids.filter((id) => !id.startsWith('right'))).toEqual([]);
    expect(ids.length).toBeGreaterThanOrEqual(8);
    expect(accuracy(world, ids) - accuracy(world, [])).toBeGreaterThan(0.4);
  });

  it('keeps a rule out that harms one slice by 30 points, and lets uniformly good rules in', async () => {
    const cases = Array.from({ length: 80 }, (_, i) =>
      simulatedCase(`case-${i}`, { tags: [i % 4 === 0 ? 'refunds' : 'orders'] }),
    );
    const passes = async (seed: string, inRefunds: number): Promise<boolean> => {
      const { input } = simulate({
        seed,
        candidates: [simulatedRule('r')],
        cases,
        triggers: () => true,
        succeeds: (caseId, rules) =>
          rules.length === 0 ? 0.55 : Number(caseId.slice(5)) % 4 === 0 ? inRefunds : 0.85,
      });
      return promoted(await createRaceValidator({ runsBudget: 2_000 }).validate(input)).length === 1;
    };
    let harmful = 0;
    let good = 0;
    const cycles = 20;
    for (let i = 0; i < cycles; i += 1) {
      if (await passes(`harmful slice ${i}`, 0.25)) harmful += 1;
      if (await passes(`good ${i}`, 0.85)) good += 1;
    }
    expect(harmful / cycles).toBeLessThanOrEqual(0.15);
    expect(good / cycles).toBeGreaterThanOrEqual(0.9);
  });

  it('publishes confirmed lifts without the winner’s curse', async () => {
    let bias = 0;
    let lifts = 0;
    for (let i = 0; i < 6; i += 1) {
      const world = independentWorld({
        seed: `confirm ${i}`,
        cases: 200,
        coverage: 0.2,
        mean: 0.5,
        icc: 0.4,
        effects: [0.9, 0.7, 0.6, 0.5],
      });
      const report = await createRaceValidator({
        runsBudget: 1_500,
        confirmRuns: 512,
        confirmPairs: 64,
      }).validate(world.input);
      const rules = world.candidates.filter((rule) => promoted(report).includes(rule.id));
      for (const rule of rules) {
        const others = rules.filter((other) => other !== rule);
        const confirmed = report.reports.find((each) => each.ruleId === rule.id)?.lift.confirmed;
        bias += (confirmed ?? Number.NaN) - world.lift(rule, others);
        lifts += 1;
      }
    }
    expect(lifts).toBeGreaterThan(15);
    // Standard deviation of one confirmed lift is 6 points at 64 pairs.
    expect(Math.abs(bias / lifts)).toBeLessThan((3 * 0.06) / Math.sqrt(lifts));
  });
});
