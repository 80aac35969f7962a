import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import { createRandom } from '../../../learner/src/stats/random.ts';
import { createRaceValidator } from '../../../learner/src/validators/race.ts';
import {
  simulate,
  simulatedCase,
  simulatedRule,
  type SimulatedWorld,
} from '../../../learner/src/validators/simulated-world.testing.ts';
import type { CycleReport } from '../../../learner/src/validators/validator.ts';
import { atMost, shareOf, type Finding } from '../finding.ts';

const RUNS_BUDGET = 2_000;
const CASES = 200;
const CONVENTIONS = 6;
/** Conventions that a second rule tells in other words, and those that a third one tells wrongly. */
const REPEATED = [0, 1, 2];
const CONTRADICTED = [2, 3, 4];
/** Chance of a right answer where a convention is not told: for an agent that happens to know it, and for one that does not. */
const KNOWN = 0.9;
const UNKNOWN = 0.1;
const KNOWN_SHARE = 0.35;
/** Chance to fail all the same. */
const SLIP = 0.05;
const LOST_MAX = 1;

/** What a candidate says. */
interface Told {
  readonly convention: number;
  readonly right: boolean;
}

interface Counts {
  /** Pairs by what they are and what the trials say of them. */
  readonly pairs: Map<string, number>;
  right: number;
  /** Right rules that left for one that tells another convention. */
  lost: number;
  /** Conventions told twice, and those of them for which both rules were promoted. */
  repeated: number;
  both: number;
}

/**
 * How candidates behave, as cycles see it from the trials they pay for anyway: what is found of rules that repeat or
 * contradict each other, and what is taken for one of them and is not.
 */
export async function measureBehaviours(cycles: number, seed: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const mode of ['race', 'factorial'] as const) {
    const counts: Counts = { pairs: new Map(), right: 0, lost: 0, repeated: 0, both: 0 };
    for (let index = 0; index < cycles; index += 1) {
      const { world, told } = conventionsWorld(`${seed} behaviours ${index}`);
      const validator = createRaceValidator({ runsBudget: RUNS_BUDGET, mode });
      count(await validator.validate(world.input), told, counts);
    }
    findings.push(...findingsOf(mode, counts));
  }
  return findings;
}

function findingsOf(mode: string, { pairs, right, lost, repeated, both }: Counts): readonly Finding[] {
  const figure = (what: string, hits: number, of: number): Finding[] =>
    of === 0 ? [] : [{ target: '', what: `${mode}: ${what}`, ...shareOf(hits, of) }];
  const sum = (...names: readonly string[]): number =>
    [...pairs].reduce((total, [name, n]) => total + (names.some((each) => name.includes(each)) ? n : 0), 0);
  return [
    ...figure('pairs said to behave alike that tell the same', sum('same→duplicate'), sum('→duplicate')),
    ...figure('pairs that tell the same, found by behaviour alone', sum('same→duplicate'), sum('same→')),
    ...figure(
      'pairs said to work against each other of which one is wrong',
      sum('against→conflict', 'wrong→conflict'),
      sum('→conflict'),
    ),
    ...figure('pairs that contradict, found by behaviour alone', sum('against→conflict'), sum('against→')),
    ...figure('conventions told twice of which both rules were promoted', both, repeated),
    ...figure('right rules that left for one about something else', lost, right).map((finding) =>
      atMost(finding, LOST_MAX),
    ),
  ];
}

function count(report: CycleReport, told: ReadonlyMap<string, Told>, counts: Counts): void {
  counts.repeated += REPEATED.length;
  counts.both += promotedTwice(report);
  for (const { rules, relation } of report.behaviours) {
    const name = `${truthOf(rules, told)}→${relation}`;
    counts.pairs.set(name, (counts.pairs.get(name) ?? 0) + 1);
  }
  for (const { ruleId, ruleVersion, yieldsTo } of report.reports) {
    const reference = `${ruleId}@${ruleVersion}`;
    if (told.get(reference)?.right !== true) continue;
    counts.right += 1;
    if (yieldsTo !== null && truthOf([reference, yieldsTo], told) !== 'same') counts.lost += 1;
  }
}

function promotedTwice(report: CycleReport): number {
  const promoted = new Set(
    report.reports.flatMap(({ ruleId, status }) => (status === 'promoted' ? [ruleId] : [])),
  );
  return REPEATED.filter((one) => promoted.has(`right-${one}`) && promoted.has(`again-${one}`)).length;
}

function truthOf(rules: readonly string[], told: ReadonlyMap<string, Told>): string {
  const [one, other] = rules.map((rule) => told.get(rule));
  const areRight = one?.right === true && other?.right === true;
  if (one?.convention === other?.convention) return areRight ? 'same' : 'against';
  return areRight ? 'different' : 'wrong';
}

/** Cases that need one or two hidden conventions; candidates that tell one, some again in other words, some wrongly. */
function conventionsWorld(seed: string): {
  readonly world: SimulatedWorld;
  readonly told: ReadonlyMap<string, Told>;
} {
  const random = createRandom(seed);
  const all = Array.from({ length: CONVENTIONS }, (_, convention) => convention);
  const needs = new Map<string, readonly number[]>();
  const known = new Set<string>();
  const cases = Array.from({ length: CASES }, (_, index) => {
    const id = `case-${index}`;
    const needed = random.shuffle(all).slice(0, 1 + random.integer(2));
    needs.set(id, needed);
    for (const convention of needed) if (random.next() < KNOWN_SHARE) known.add(`${id} ${convention}`);
    return simulatedCase(id);
  });
  const told = new Map<string, Told>();
  const candidate = (name: string, convention: number, right: boolean): Rule => {
    told.set(`${name}-${convention}@1`, { convention, right });
    return simulatedRule(`${name}-${convention}`);
  };
  const candidates = [
    ...all.map((convention) => candidate('right', convention, true)),
    ...REPEATED.map((convention) => candidate('again', convention, true)),
    ...CONTRADICTED.map((convention) => candidate('wrong', convention, false)),
  ];
  const saysOf = ({ id }: Rule): Told | undefined => told.get(`${id}@1`);
  const world = simulate({
    seed,
    candidates: random.shuffle(candidates),
    cases,
    triggers: (rule, id) => needs.get(id)?.includes(saysOf(rule)?.convention ?? -1) ?? false,
    succeeds: (id, rules) =>
      (needs.get(id) ?? []).reduce((chance, convention) => {
        const said = rules
          .flatMap((rule) => saysOf(rule) ?? [])
          .filter((each) => each.convention === convention);
        const guessed = known.has(`${id} ${convention}`) ? KNOWN : UNKNOWN;
        // Contradicting rules are a coin flip.
        return (
          chance * (said.length === 0 ? guessed : said.filter(({ right }) => right).length / said.length)
        );
      }, 1 - SLIP),
  });
  return { world, told };
}
