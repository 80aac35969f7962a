import type { Rule } from '../../../learner/src/knowledge/rule.ts';
import {
  independentWorld,
  type SimulatedWorld,
} from '../../../learner/src/validators/simulated-world.testing.ts';
import type { Gate } from './gate.ts';

/** Eval cases, share of them where a rule is retrieved, and share of outcome variance between cases, as on real agents. */
export const CASES = 200;
export const COVERAGE = 0.15;
export const ICC = 0.4;
/** Candidates of a cycle. */
export const CANDIDATES = 20;
/** Decision runs that ours may take in a cycle; others take what their design takes. */
export const RUNS_BUDGET = 2_500;

/** What one cycle came to, judged by the true effects. */
export interface CycleOutcome {
  /** Candidates that help, and those of them that were promoted. */
  readonly useful: readonly string[];
  readonly found: readonly string[];
  /** Promoted candidates that do not help. */
  readonly wrong: readonly string[];
  readonly runs: number;
  /** Published minus true lift of promoted rules, score units. */
  readonly errors: readonly number[];
  /** Useful candidates with a lift of at least {@link STRONG_LIFT}. */
  readonly strong: readonly string[];
  /** Confidence sequences of candidates that do nothing, and those of them that hold 0; rivals publish none. */
  readonly intervals: number;
  readonly covered: number;
}

/** In-scope lift from which a rule is to be found, score units. */
const STRONG_LIFT = 0.25;

/**
 * A world of candidates with true in-scope lifts, about, in score units; 0 = useless. Rules act independently.
 *
 * @param mean success without rules
 */
export function worldOf(seed: string, lifts: readonly number[], mean: number): SimulatedWorld {
  const padded = [...lifts, ...Array.from({ length: CANDIDATES - lifts.length }, () => 0)];
  const effects = padded.map((lift) => (lift > 0 ? lift / (1 - mean) : lift / mean));
  return independentWorld({ seed, cases: CASES, coverage: COVERAGE, mean, icc: ICC, effects });
}

/** Runs one cycle of a gate and judges it. */
export async function runCycle(gate: Gate, world: SimulatedWorld, runsBudget: number): Promise<CycleOutcome> {
  const { promoted, runs, lifts, intervals = new Map() } = await gate.promote(world.input, runsBudget);
  const useful = world.candidates.filter((rule) => world.lift(rule) > 0).map(({ id }) => id);
  const kept = world.candidates.filter(({ id }) => promoted.includes(id));
  const errors = kept.flatMap((rule) => {
    const published = lifts.get(rule.id);
    if (published === undefined) return [];
    const truth = world.lift(
      rule,
      kept.filter((other) => other !== rule),
    );
    return [published - (gate.liftScope === 'all' ? truth * coverageOf(rule, world) : truth)];
  });
  const ofUseless = world.candidates.flatMap((rule) => {
    const interval = intervals.get(rule.id);
    return interval === undefined || world.lift(rule) !== 0 ? [] : [interval];
  });
  return {
    useful,
    found: promoted.filter((id) => useful.includes(id)),
    wrong: promoted.filter((id) => !useful.includes(id)),
    runs,
    errors,
    strong: world.candidates.filter((rule) => world.lift(rule) >= STRONG_LIFT).map(({ id }) => id),
    intervals: ofUseless.length,
    covered: ofUseless.filter(([low, high]) => low <= 0 && high >= 0).length,
  };
}

function coverageOf(rule: Rule, { input }: SimulatedWorld): number {
  const triggered = input.cases.filter(({ task }) => input.render(task, [rule]) !== '');
  return triggered.length / input.cases.length;
}
