import { documentTerms } from '../search/terms.ts';

/**
 * Cosine of tf-idf weighted terms between texts of one collection: enough to put runs about the same thing side by
 * side, without a model. Deterministic; 1 for equal term bags, 0 without a shared term.
 */
export interface TaskSimilarity {
  /** Similarity of two texts of the collection, by index, in [0, 1]. */
  between(a: number, b: number): number;
  /** Sum of the similarities of each of these texts to all of them, in their order: as much work as there are terms. */
  centralities(indices: readonly number[]): readonly number[];
}

type Vector = ReadonlyMap<string, number>;
/** How often each term stands in a text. */
export type TermBag = Vector;

export function taskSimilarity(bags: readonly TermBag[]): TaskSimilarity {
  const documents = new Map<string, number>();
  for (const bag of bags) for (const term of bag.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  const vectors = bags.map((bag) => unitVector(bag, documents, bags.length));
  return {
    between(a, b) {
      const left = vectors[a];
      const right = vectors[b];
      if (left === undefined || right === undefined) return 0;
      return left.size <= right.size ? dot(left, right) : dot(right, left);
    },
    centralities(indices) {
      const chosen = indices.flatMap((index) => vectors[index] ?? []);
      const sum = new Map<string, number>();
      for (const vector of chosen)
        for (const [term, weight] of vector) sum.set(term, (sum.get(term) ?? 0) + weight);
      return chosen.map((vector) => product(vector, sum));
    },
  };
}

export function termBag(text: string): TermBag {
  const counts = new Map<string, number>();
  for (const term of documentTerms(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

/** Term weight: (1 + ln tf) · ln(1 + N/df), scaled to length 1. */
function unitVector(bag: Vector, documents: Vector, total: number): Vector {
  const weights = new Map<string, number>();
  let squares = 0;
  for (const [term, count] of bag) {
    const weight = (1 + Math.log(count)) * Math.log(1 + total / (documents.get(term) ?? 1));
    weights.set(term, weight);
    squares += weight * weight;
  }
  const length = Math.sqrt(squares);
  for (const [term, weight] of weights) weights.set(term, weight / length);
  return weights;
}

function dot(small: Vector, large: Vector): number {
  return Math.min(1, product(small, large));
}

function product(small: Vector, large: Vector): number {
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return sum;
}
