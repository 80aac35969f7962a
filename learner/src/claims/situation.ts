import { stem } from '../search/stem.ts';
import { align, type Pair } from './alignment.ts';
import { claimOf, type Claim } from './claim.ts';
import { numbersExclude } from './numbers.ts';

/** Words of most situations, that tell none from another. */
const COMMON: ReadonlySet<string> = new Set(
  'question task request user customer answer ask need want apply matter something anything case'
    .split(' ')
    .map(stem),
);

interface Situated {
  readonly content: string;
  readonly appliesWhen: string;
}

/**
 * Whether two rules are for situations of which only one can be there, or that have nothing to do with each other: no telling
 * word of either stands anywhere in the other rule. People word one situation in many ways, so anything less tells nothing.
 */
export function areForOtherSituations(a: Situated, b: Situated): boolean {
  if (a.appliesWhen === b.appliesWhen) return false;
  const [left, right] = [a, b].map(({ appliesWhen }) => claimOf({ content: '', appliesWhen }));
  if (left === undefined || right === undefined) return false;
  const { exclusives, opposites } = align(left, right);
  const isTelling = (pair: Pair): boolean => pair.every((term) => !COMMON.has(term.stem));
  if ([...exclusives, ...opposites].some(isTelling)) return true;
  return numbersExclude(left.quantities, right.quantities) || areStrangers([a, left], [b, right]);
}

function areStrangers(
  [a, left]: readonly [Situated, Claim],
  [b, right]: readonly [Situated, Claim],
): boolean {
  const [ours, theirs] = [telling(left), telling(right)];
  if (ours.length === 0 || theirs.length === 0) return false;
  const [all, allTheirs] = [claimOf(a).stems, claimOf(b).stems];
  return !ours.some((word) => allTheirs.has(word)) && !theirs.some((word) => all.has(word));
}

function telling({ stems }: Claim): readonly string[] {
  return [...stems].filter((word) => !COMMON.has(word));
}
