import { documentTerms } from '../search/terms.ts';

/**
 * Cosine of tf-idf weighted terms between texts of one collection: enough to put runs about the same thing side by
 * side, without a model. Deterministic; 1 for equal term bags, 0 without a shared term.
 */
export interface TaskSimilarity {
  /** Similarity of two texts of the collection, by index, in [0, 1]. */
  between(a: number, b: number): number;
}

type Vector = ReadonlyMap<string, number>;

export function taskSimilarity(texts: readonly string[]): TaskSimilarity {
  const bags = texts.map(termCounts);
  const documents = new Map<string, number>();
  for (const bag of bags) for (const term of bag.keys()) documents.set(term, (documents.get(term) ?? 0) + 1);
  const vectors = bags.map((bag) => unitVector(bag, documents, texts.length));
  return {
    between(a, b) {
      const left = vectors[a];
      const right = vectors[b];
      if (left === undefined || right === undefined) return 0;
      return left.size <= right.size ? dot(left, right) : dot(right, left);
    },
  };
}

function termCounts(text: string): Map<string, number> {
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
  let sum = 0;
  for (const [term, weight] of small) sum += weight * (large.get(term) ?? 0);
  return Math.min(1, sum);
}
