import { bettingLogEOf } from '../stats/betting.ts';
import type { RuleReference, TrialPlace } from '../trials/trial-runner.ts';

/** Outcomes this far apart, in score units, are different ones. */
const DIFFERENT = 0.5;
/** Share of the cases that either rule changes, on which duplicates agree. */
const AGREEMENT_MIN = 0.95;
/** Such cases from which agreement says something. */
const CHANGED_MIN = 8;
/** E from which two rules together are worse than one of them alone. */
const CONFLICT_E = 20;

/** A trial of a cycle that was paid for anyway. */
export interface ComparedTrial {
  readonly caseId: string;
  readonly rules: readonly RuleReference[];
  /** In [0, 1]; null = no judgement. */
  readonly score: number | null;
  readonly place: Pick<TrialPlace, 'phase' | 'round' | 'coins'>;
}

/**
 * How two rules of one cycle behave, whatever their words say: the same, against each other, or neither. Agents are noisy,
 * so the outcome of a case is the mean of its runs, and two outcomes are different from half a point on.
 */
export interface Behaviour {
  readonly rules: readonly [RuleReference, RuleReference];
  /** Rules that either of them was tested in the place of. */
  readonly replaced: readonly RuleReference[];
  readonly relation: 'duplicate' | 'conflict' | 'distinct';
  /** Rounds of the cycle that it was made from. */
  readonly rounds: number;
  /** Cases run without both, with one and with the other, where either changes the outcome. */
  readonly changed: number;
  /** Of these: cases where both lead to the same, and together too as far as they were tried together. */
  readonly agreeing: number;
  /** Cases run with both together and with one of them. */
  readonly together: number;
  /** Evidence that both together are worse than the better of them: mean of the evidence against each. */
  readonly logEConflict: number;
}

interface Mean {
  n: number;
  sum: number;
}

/** Outcomes of one case beside the same other rules, by which of the two rules were there. */
interface Cells {
  readonly none: Mean;
  readonly one: Mean;
  readonly other: Mean;
  readonly both: Mean;
}

/**
 * Compares two rules on the trials of their cycle. In pairs the other rules are the same in everything that is compared; in
 * factorial trials those that were included by a coin count as chance. One bet per case, on the difference of its means:
 * cases with many runs are no more evidence than others.
 */
export function compareBehaviour(
  rules: readonly [RuleReference, RuleReference],
  trials: readonly ComparedTrial[],
  rounds: number,
  replaced: readonly RuleReference[] = [],
): Behaviour {
  const cases = cellsOf(rules, trials, rounds, replaced);
  let [changed, agreeing, together] = [0, 0, 0];
  const losses = { one: new Array<number>(), other: new Array<number>() };
  for (const { none, one, other, both } of cases) {
    if (both.n > 0 && one.n + other.n > 0) together += 1;
    for (const [name, alone] of [
      ['one', one],
      ['other', other],
    ] as const)
      if (both.n > 0 && alone.n > 0) losses[name].push(meanOf(both) - meanOf(alone));
    if (none.n === 0 || one.n === 0 || other.n === 0) continue;
    if (!differ(one, none) && !differ(other, none)) continue;
    changed += 1;
    if (!differ(one, other) && !differ(both, one) && !differ(both, other)) agreeing += 1;
  }
  const logE = [losses.one, losses.other].map((values) => bettingLogEOf(values, 0, -1));
  const logEConflict = Math.log(logE.reduce((sum, each) => sum + Math.exp(each), 0) / logE.length);
  const isDuplicate = changed >= CHANGED_MIN && agreeing >= AGREEMENT_MIN * changed;
  const relation = logEConflict >= Math.log(CONFLICT_E) ? 'conflict' : isDuplicate ? 'duplicate' : 'distinct';
  return { rules, replaced, relation, rounds, changed, agreeing, together, logEConflict };
}

function cellsOf(
  [one, other]: readonly [RuleReference, RuleReference],
  trials: readonly ComparedTrial[],
  rounds: number,
  replaced: readonly RuleReference[],
): Iterable<Cells> {
  const cases = new Map<string, Cells>();
  for (const trial of trials) {
    const { rules, score, place } = trial;
    if (score === null || place.phase !== 'decision' || place.round >= rounds) continue;
    const [hasOne, hasOther] = [rules.includes(one), rules.includes(other)];
    const key = keyOf(trial, (rule) => rule !== one && rule !== other && !replaced.includes(rule));
    let cells = cases.get(key);
    if (cells === undefined) cases.set(key, (cells = noOutcomes()));
    const cell = hasOne ? (hasOther ? cells.both : cells.one) : hasOther ? cells.other : cells.none;
    cell.n += 1;
    cell.sum += score;
  }
  return cases.values();
}

/** Case and rules that were there for certain, worked out once per trial: a cycle compares many pairs. */
const besides = new WeakMap<
  ComparedTrial,
  { readonly rules: readonly RuleReference[]; readonly key: string }
>();

/** What a trial may be compared with: the same case beside the same other rules. */
function keyOf(trial: ComparedTrial, isOther: (rule: RuleReference) => boolean): string {
  let beside = besides.get(trial);
  if (beside === undefined) {
    const certain = trial.rules.filter((rule) => !trial.place.coins.includes(rule)).toSorted();
    beside = { rules: certain, key: [trial.caseId, ...certain].join('\u0000') };
    besides.set(trial, beside);
  }
  return beside.rules.every(isOther)
    ? beside.key
    : [trial.caseId, ...beside.rules.filter(isOther)].join('\u0000');
}

function noOutcomes(): Cells {
  const nothing = (): Mean => ({ n: 0, sum: 0 });
  return { none: nothing(), one: nothing(), other: nothing(), both: nothing() };
}

function meanOf({ n, sum }: Mean): number {
  return sum / n;
}

/** Whether both were run and came out differently. */
function differ(a: Mean, b: Mean): boolean {
  return a.n > 0 && b.n > 0 && Math.abs(meanOf(a) - meanOf(b)) >= DIFFERENT;
}
