import { isObject, type StatedQuantity } from './claim.ts';

/** Part of the greater one by which the same length of time in two units may differ: a quarter is not always 90 days. */
const UNIT_ROUNDING = 0.02;

/** How the numbers of two claims stand to each other. */
export interface ComparedNumbers {
  readonly isShared: boolean;
  readonly differ: boolean;
  readonly differBesideSameWord: boolean;
  readonly differInObject: boolean;
  readonly areApart: boolean;
}

/** Numbers of the same unit, or of the same thing. */
export function compareNumbers(
  left: readonly StatedQuantity[],
  right: readonly StatedQuantity[],
): ComparedNumbers {
  const pairs = left.flatMap((a) => right.filter((b) => a.of === b.of).map((b) => [a, b] as const));
  const differing = pairs.filter(([a, b]) => !isSameNumber(a, b));
  const isOfObject = (pair: (typeof pairs)[number]): boolean => pair.every(({ role }) => isObject(role));
  const ofObject = differing.filter(isOfObject);
  const others = differing.filter((pair) => !ofObject.includes(pair));
  // With one number in each there is nothing else that could differ.
  const isShared = pairs.length > differing.length;
  const areAll = isShared && left.length === 1 && right.length === 1;
  return {
    isShared,
    differ: others.length > 0 && !areAll,
    differBesideSameWord: others.some(([a, b]) => a.near.some((word) => b.near.includes(word))),
    differInObject: ofObject.length > 0,
    areApart: numbersExclude(left, right),
  };
}

function isSameNumber(a: StatedQuantity, b: StatedQuantity): boolean {
  const tolerance = a.factor === b.factor ? 1e-9 : UNIT_ROUNDING;
  return Math.abs(a.value - b.value) <= tolerance * Math.max(Math.abs(a.value), Math.abs(b.value));
}

/** Whether two claims are about numbers of which only one can be: "more than three hours" and "less than one". */
export function numbersExclude(left: readonly StatedQuantity[], right: readonly StatedQuantity[]): boolean {
  return left.some((a) =>
    right.some((b) => a.of === b.of && isObject(a.role) && isObject(b.role) && excludeEachOther(a, b)),
  );
}

/** "More than three hours" and "less than one", "after a 429" and "after a 503". */
function excludeEachOther(a: StatedQuantity, b: StatedQuantity): boolean {
  if (a.bound === 'exact' && b.bound === 'exact')
    return a.role === 'scope' && b.role === 'scope' && !isSameNumber(a, b);
  const [least, most] = a.bound === 'least' ? [a, b] : [b, a];
  return least.bound === 'least' && most.bound === 'most' && least.value >= most.value;
}
