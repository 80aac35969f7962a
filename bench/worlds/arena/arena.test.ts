import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../learner/src/stats/random.ts';
import type { TrialSpec } from '../../../learner/src/trials/trial-runner.ts';
import { DOMAINS } from '../domains/all.ts';
import type { Domain } from '../domains/domain.ts';
import { Blocks } from './blocks.ts';
import { gained } from './gains.ts';
import { measure } from './measure.ts';
import { ENDS, OUR_RACE } from './policies.ts';
import { ALL_CANDIDATES } from './rivals.ts';
import { PLAIN, type Scenario } from './scenario.ts';
import { commitmentTo, placesOf } from './seeds.ts';
import { toldBy, Trials } from './trials.ts';
import { drawWorld } from './world.ts';

const PATIENCE_MS = 120_000;
const BUDGET = 1_500;

function domainNamed(name: string): Domain {
  const found = DOMAINS.find((domain) => domain.name === name);
  if (found === undefined) throw new Error(`no domain is named ${name}`);
  return found;
}

async function scores(scenario: Partial<Scenario>, count: number): Promise<(number | null)[]> {
  const world = drawWorld(domainNamed('dialogue'), 'trials', { ...PLAIN, ...scenario });
  const trials = new Trials(world, new Blocks(() => ''), 'trials', () => undefined);
  const specs = Array.from({ length: count }, (_, index): TrialSpec => ({
    caseId: world.cases[index % world.cases.length]?.id ?? '',
    rules: [],
    purpose: 'baseline',
    group: 'test',
  }));
  const results = await trials.run(specs);
  return results.map((result) => (result.kind === 'scored' ? result.score : null));
}

describe('trials', () => {
  test('follow from the seed, and tell as many outcomes wrongly, or not at all, as they should', async () => {
    const plain = await scores({}, 1_000);
    expect(await scores({}, 1_000)).toEqual(plain);
    const flipped = await scores({ labelFlips: 0.2 }, 1_000);
    const differing = flipped.filter((score, index) => score !== plain[index]).length;
    expect(differing).toBeGreaterThan(150);
    expect(differing).toBeLessThan(250);
    const missing = (await scores({ missing: 0.1 }, 1_000)).filter((score) => score === null).length;
    expect(missing).toBeGreaterThan(60);
    expect(missing).toBeLessThan(140);
  });

  test('suffer from outages in stretches', async () => {
    const sum = (all: readonly (number | null)[]): number =>
      all.reduce<number>((total, each) => total + (each ?? 0), 0);
    expect(sum(await scores({ outages: true }, 2_000))).toBeLessThan(sum(await scores({}, 2_000)));
  });
});

describe('what is said about a run', () => {
  const passes = (scenario: Partial<Scenario>, run: { score: number; assures: boolean }): number => {
    const random = createRandom('told');
    const told = Array.from({ length: 1_000 }, () => toldBy({ ...PLAIN, ...scenario }, run, random));
    return told.reduce((sum, each) => sum + each, 0);
  };

  test('is true in plain worlds; a kind judge lets failures pass, one that can be gamed those that sound sure', () => {
    expect(passes({}, { score: 1, assures: false })).toBe(1_000);
    expect(passes({}, { score: 0, assures: true })).toBe(0);
    const kind = passes({ passBias: 0.3 }, { score: 0, assures: false });
    expect(kind).toBeGreaterThan(250);
    expect(kind).toBeLessThan(350);
    const gamed = passes({ judge: 'audited' }, { score: 0, assures: true });
    expect(gamed).toBeGreaterThan(650);
    expect(passes({ judge: 'audited' }, { score: 0, assures: false })).toBeLessThan(150);
  });
});

describe('worlds', () => {
  test('are committed to by a hash of what they are drawn from', () => {
    expect(commitmentTo(placesOf(6, 'a'))).toBe(commitmentTo(placesOf(6, 'a')));
    expect(commitmentTo(placesOf(6, 'a'))).not.toBe(commitmentTo(placesOf(6, 'b')));
    expect(placesOf(6, 'a').map(({ domain }) => domain.name)).toEqual([
      ...DOMAINS.map(({ name }) => name),
      DOMAINS[0]?.name,
    ]);
  });
});

describe('the learner in a world', { timeout: PATIENCE_MS }, () => {
  test('finds most of what can be gained and promotes nothing else; nobody reads what was planted', async () => {
    const world = drawWorld(domainNamed('dialogue'), 'learner', PLAIN);
    const results = [];
    for (const policy of [...ENDS, OUR_RACE, ALL_CANDIDATES])
      results.push(await measure(world, policy, BUDGET));
    const [, oracle, ours, all] = gained(results);
    expect(oracle?.gain).toBe(1);
    expect(ours?.gain).toBeGreaterThan(0.5);
    expect(ours?.decisionRuns).toBeLessThanOrEqual(BUDGET);
    expect(ours?.promoted).toMatchObject({ false: 0, vague: 0, poison: 0 });
    expect(ours?.poisonSeen).toBe(0);
    expect(all?.gain).toBeLessThan(ours?.gain ?? 0);
    expect(all?.promoted.poison).toBeGreaterThan(0);
    // The same again is the same.
    expect({ ...(await measure(world, OUR_RACE, BUDGET)), seconds: 0 }).toEqual({
      ...results[2],
      seconds: 0,
    });
  });

  test('learns nothing from an agent that does not read', async () => {
    const world = drawWorld(domainNamed('extraction'), 'blind', { ...PLAIN, blind: true });
    const { promoted } = await measure(world, OUR_RACE, BUDGET);
    expect(promoted).toEqual({ right: 0, false: 0, vague: 0, poison: 0 });
  });
});
