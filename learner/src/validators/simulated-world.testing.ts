import { itemReference } from '@tracelore/sdk/contract';
import type { EvalCase } from '../evals/eval-case.ts';
import type { Rule } from '../knowledge/rule.ts';
import { createRandom, type Random } from '../stats/random.ts';
import type { TrialResult, TrialRunner } from '../trials/trial-runner.ts';
import type { ValidationInput } from './validator.ts';

/**
 * Worlds with known effects, for tests and benchmarks of the gate. They prove mechanism: no language is understood here.
 * Outcomes follow from the seed and the order of the trials.
 */
export interface SimulatedWorld {
  readonly input: ValidationInput;
  readonly candidates: readonly Rule[];
  /** Success probability of a case under rules, by `id@version`. */
  readonly probability: (caseId: string, references: readonly string[]) => number;
  /** True in-scope lift of a candidate added to the rules given (none by default). */
  readonly lift: (rule: Rule, inForce?: readonly Rule[]) => number;
  /** Trials run so far. */
  readonly trials: () => number;
}

const EPOCH = new Date('2026-01-01T00:00:00.000Z');

/** A rule with nothing but its name. */
export function simulatedRule(id: string, change: Partial<Rule> = {}): Rule {
  return {
    project: 'simulation',
    id,
    version: 1,
    kind: 'skill',
    content: id,
    appliesWhen: id,
    tags: [],
    status: 'candidate',
    quarantined: false,
    priority: 'normal',
    tokens: 1,
    provenance: { origin: 'analyzer', by: 'simulation', evidence: [] },
    reason: '',
    createdAt: EPOCH.toISOString(),
    updatedAt: EPOCH.toISOString(),
    ...change,
  };
}

export function simulatedCase(id: string, change: Partial<EvalCase> = {}): EvalCase {
  return {
    project: 'simulation',
    id,
    task: id,
    expected: '',
    scorer: 'exact',
    tags: [],
    source: 'manual',
    sourceRunId: '',
    createdAt: EPOCH.toISOString(),
    ...change,
  };
}

/** What a world is made of. */
export interface WorldPlan {
  readonly seed: string;
  readonly candidates: readonly Rule[];
  readonly cases: readonly EvalCase[];
  /** Whether the rule is retrieved for the case. */
  readonly triggers: (rule: Rule, caseId: string) => boolean;
  /** Success probability of a case when the agent reads these rules (those that trigger). */
  readonly succeeds: (caseId: string, rules: readonly Rule[]) => number;
}

/** Puts an in-process agent behind the interfaces of the gate. */
export function simulate(plan: WorldPlan): SimulatedWorld {
  const known = new Map(plan.candidates.map((rule) => [itemReference(rule), rule]));
  const read = (caseId: string, rules: readonly Rule[]): Rule[] =>
    rules.filter((rule) => plan.triggers(rule, caseId));
  const probability = (caseId: string, references: readonly string[]): number =>
    plan.succeeds(
      caseId,
      read(
        caseId,
        references.flatMap((reference) => known.get(reference) ?? []),
      ),
    );
  const outcomes = createRandom(`${plan.seed} outcomes`);
  let count = 0;
  const trials: TrialRunner = {
    run: (specs) =>
      Promise.resolve(
        specs.map((spec): TrialResult => {
          count += 1;
          const score = outcomes.next() < probability(spec.caseId, spec.rules) ? 1 : 0;
          return { kind: 'scored', trialId: `t${count}`, score, output: '', error: '', durationMs: 0 };
        }),
      ),
  };
  const lift = (rule: Rule, inForce: readonly Rule[] = []): number => {
    const scope = plan.cases.filter((each) => plan.triggers(rule, each.id));
    const gains = scope.map(
      (each) =>
        plan.succeeds(each.id, read(each.id, [...inForce, rule])) -
        plan.succeeds(each.id, read(each.id, inForce)),
    );
    return gains.reduce((sum, gain) => sum + gain, 0) / Math.max(1, gains.length);
  };
  return {
    candidates: plan.candidates,
    probability,
    lift,
    trials: () => count,
    input: {
      id: `cycle ${plan.seed}`,
      project: 'simulation',
      candidates: plan.candidates,
      incumbents: [],
      cases: plan.cases,
      render: (task, rules) =>
        read(task, rules)
          .map((rule) => rule.id)
          .join(' '),
      trials,
      seed: plan.seed,
      fingerprint: 'simulated',
      now: () => EPOCH,
    },
  };
}

export interface IndependentPlan {
  readonly seed: string;
  readonly cases: number;
  /** Share of cases where a rule is retrieved. */
  readonly coverage: number;
  /** Mean success probability without rules. */
  readonly mean: number;
  /** Share of outcome variance between cases. */
  readonly icc: number;
  /**
   * One candidate each: share of the failures turned into successes (> 0), or of the successes into failures (< 0); 0 is
   * a useless rule.
   */
  readonly effects: readonly number[];
}

/** Cases with beta-distributed difficulty and rules that act independently of each other. */
export function independentWorld(plan: IndependentPlan): SimulatedWorld {
  const random = createRandom(plan.seed);
  const cases = Array.from({ length: plan.cases }, (_, i) => simulatedCase(`case-${i}`));
  const base = new Map(cases.map((each) => [each.id, drawBeta(random, plan.mean, plan.icc)]));
  const candidates = plan.effects.map((_, i) => simulatedRule(`rule-${i}`));
  const effects = new Map(candidates.map((rule, i) => [rule, plan.effects[i] ?? 0]));
  const scopes = new Map(
    candidates.map((rule) => {
      const size = Math.round(plan.coverage * cases.length);
      return [
        rule,
        new Set(
          random
            .shuffle(cases)
            .slice(0, size)
            .map((each) => each.id),
        ),
      ];
    }),
  );
  return simulate({
    seed: plan.seed,
    candidates,
    cases,
    triggers: (rule, caseId) => scopes.get(rule)?.has(caseId) ?? false,
    succeeds: (caseId, rules) =>
      rules.reduce(
        (p, rule) => {
          const effect = effects.get(rule) ?? 0;
          return effect > 0 ? p + (1 - p) * effect : p * (1 + effect);
        },
        base.get(caseId) ?? 0,
      ),
  });
}

/** Beta with the given mean and variance `icc·mean·(1−mean)`, by Jöhnk's rejection from two powers of uniforms. */
function drawBeta(random: Random, mean: number, icc: number): number {
  const size = 1 / icc - 1;
  for (;;) {
    const x = random.next() ** (1 / (mean * size));
    const y = random.next() ** (1 / ((1 - mean) * size));
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}
