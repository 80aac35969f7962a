import { createRandom } from '../stats/random.ts';
import { liftOf, type Lift } from './lift.ts';
import { countUnit, type Stratum } from './stratum.ts';

const RULES = 40;
/** Share of hard requests, and chances of success without any rule. */
const HARD_SHARE = 0.5;
const EASY_SUCCESS = 0.7;
const HARD_SUCCESS = 0.35;
/** A rule is retrieved for 15 % of requests; rules for hard tasks mostly there. */
const RETRIEVED = 0.15;
const SKEW_MAX = 0.9;
/** True effects, score units. */
const EFFECT_MIN = -0.06;
const EFFECT_MAX = 0.1;
const SHOWN_ALPHA = 0.05;

/** One rule after all requests: what is true and what two ways of counting say. */
export interface RuleResult {
  readonly truth: number;
  /** From the coins. */
  readonly measured: Lift;
  /** Success with the rule minus success without it, hard or easy: what a dashboard would show. */
  readonly naive: number;
}

interface RuleState {
  readonly effect: number;
  /** Chance to be retrieved for a hard and for an easy request. */
  readonly hard: number;
  readonly easy: number;
  strata: readonly Stratum[];
  truth: number;
  eligible: number;
  with: { n: number; sum: number };
  without: { n: number; sum: number };
}

/**
 * Forty rules with independent coins on one stream of requests, some retrieved mostly for hard requests and some mostly
 * for easy ones, so that success with a rule says more about the requests than about the rule.
 */
export function runConfounded(seed: string, requests: number, withheld: number): RuleResult[] {
  const random = createRandom(seed);
  const rules: RuleState[] = Array.from({ length: RULES }, () => {
    const skew = SKEW_MAX * (2 * random.next() - 1);
    const effect = EFFECT_MIN + (EFFECT_MAX - EFFECT_MIN) * random.next();
    const chances = { hard: RETRIEVED * (1 + skew), easy: RETRIEVED * (1 - skew) };
    const empty = { strata: [], truth: 0, eligible: 0 };
    return { effect, ...chances, ...empty, with: { n: 0, sum: 0 }, without: { n: 0, sum: 0 } };
  });
  const success = { n: 0, sum: 0 };
  for (let request = 0; request < requests; request += 1) {
    const isHard = random.next() < HARD_SHARE;
    const eligible = rules.filter((rule) => random.next() < (isHard ? rule.hard : rule.easy));
    const injected = new Set(eligible.filter(() => random.next() >= withheld));
    const base = isHard ? HARD_SUCCESS : EASY_SUCCESS;
    const chance = (given: ReadonlySet<RuleState>): number =>
      Math.min(
        1,
        Math.max(
          0,
          [...given].reduce((sum, { effect }) => sum + effect, base),
        ),
      );
    const outcome = Number(random.next() < chance(injected));
    const prediction = (success.sum + 1) / (success.n + 2);
    success.n += 1;
    success.sum += outcome;
    for (const rule of rules) {
      const arm = injected.has(rule) ? rule.with : rule.without;
      arm.n += 1;
      arm.sum += outcome;
    }
    for (const rule of eligible) {
      const others = new Set([...injected].filter((other) => other !== rule));
      rule.truth += chance(new Set([...others, rule])) - chance(others);
      rule.eligible += 1;
      const unit = { injected: injected.has(rule), propensity: 1 - withheld, outcome };
      rule.strata = countUnit(rule.strata, unit, prediction);
    }
  }
  return rules.flatMap((rule) => {
    const measured = liftOf(rule.strata, SHOWN_ALPHA);
    if (measured === null) return [];
    const naive = rule.with.sum / rule.with.n - rule.without.sum / rule.without.n;
    return [{ truth: rule.truth / rule.eligible, measured, naive }];
  });
}

/** Root of the mean squared error, score units. */
export function rmse(results: readonly RuleResult[], estimate: (result: RuleResult) => number): number {
  const squares = results.reduce((sum, result) => sum + (estimate(result) - result.truth) ** 2, 0);
  return Math.sqrt(squares / results.length);
}
