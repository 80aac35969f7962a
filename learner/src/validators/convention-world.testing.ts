import type { Rule } from '../knowledge/rule.ts';
import { createRandom } from '../stats/random.ts';
import { simulate, simulatedCase, simulatedRule, type SimulatedWorld } from './simulated-world.testing.ts';

export interface ConventionPlan {
  readonly seed: string;
  readonly cases: number;
  readonly conventions: number;
  /** Wrong candidates, each for a random convention. */
  readonly wrong: number;
  /** Candidates that say nothing, retrieved on 15 % of cases. */
  readonly vague: number;
  /** Share of foreign cases where a rule is retrieved too. */
  readonly spill: number;
}

/** Agent knows a convention it was not told, for one case: persistent luck. */
const GUESSED = 0.35;
const SLIP = 0.05;
const VAGUE_COVERAGE = 0.15;

/**
 * Cases need 0–3 hidden conventions at once; a rule tells one, rightly or wrongly. A right rule alone often changes
 * nothing: the other conventions of the case are still unknown. Contradicting rules flip a coin.
 */
export function conventionWorld(plan: ConventionPlan): SimulatedWorld {
  const random = createRandom(plan.seed);
  const needs = new Map<string, readonly number[]>();
  const guessed = new Set<string>();
  const cases = Array.from({ length: plan.cases }, (_, i) => {
    const all = random.shuffle(Array.from({ length: plan.conventions }, (_unused, convention) => convention));
    const needed = all.slice(0, random.integer(4));
    needs.set(`case-${i}`, needed);
    for (const convention of needed) if (random.next() < GUESSED) guessed.add(`case-${i} ${convention}`);
    return simulatedCase(`case-${i}`);
  });
  const told = new Map<Rule, { convention: number; right: boolean }>();
  const candidates: Rule[] = [];
  for (let convention = 0; convention < plan.conventions; convention += 1) {
    const rule = simulatedRule(`right-${convention}`);
    told.set(rule, { convention, right: true });
    candidates.push(rule);
  }
  for (let i = 0; i < plan.wrong; i += 1) {
    const rule = simulatedRule(`wrong-${i}`);
    told.set(rule, { convention: random.integer(plan.conventions), right: false });
    candidates.push(rule);
  }
  for (let i = 0; i < plan.vague; i += 1) candidates.push(simulatedRule(`vague-${i}`));
  const spilled = new Set<string>();
  for (const rule of candidates) {
    const share = told.has(rule) ? plan.spill : VAGUE_COVERAGE;
    for (const each of cases) if (random.next() < share) spilled.add(`${rule.id} ${each.id}`);
  }
  return simulate({
    seed: plan.seed,
    candidates: random.shuffle(candidates),
    cases,
    triggers: (rule, caseId) =>
      spilled.has(`${rule.id} ${caseId}`) ||
      (needs.get(caseId)?.includes(told.get(rule)?.convention ?? -1) ?? false),
    succeeds: (caseId, rules) => {
      let p = 1 - SLIP;
      for (const convention of needs.get(caseId) ?? []) {
        const beliefs = rules.flatMap((rule) => {
          const belief = told.get(rule);
          return belief?.convention === convention ? [belief.right] : [];
        });
        const known = guessed.has(`${caseId} ${convention}`) ? 0.8 : 0.15;
        p *= beliefs.length === 0 ? known : beliefs.filter(Boolean).length / beliefs.length;
      }
      return p;
    },
  });
}
