/** Saturation of a term's frequency. */
const K1 = 1.2;
/** How much a long document is discounted. */
const B = 0.75;

/** Weight of a term that `documentFrequency` of `documents` hold; positive also when all do. */
export function inverseDocumentFrequency(documents: number, documentFrequency: number): number {
  return Math.log(1 + (documents - documentFrequency + 0.5) / (documentFrequency + 0.5));
}

/** What a document's length takes from each of its terms. */
export function lengthDiscount(length: number, meanLength: number): number {
  return K1 * (1 - B + (B * length) / meanLength);
}

/** A term's share of a document's score, before the term's own weight: grows with `count`, at most K1 + 1. */
export function saturation(count: number, discount: number): number {
  return (count * (K1 + 1)) / (count + discount);
}
