import { inverseDocumentFrequency, saturation } from './bm25.ts';
import { Top, type Hit } from './top.ts';
import type { TermBag, TermQuery } from './vocabulary.ts';

/** Share of removed documents at which the postings are rebuilt. */
const DEAD_SHARE_MAX = 0.2;
const SLOTS_FIRST = 256;

interface Postings {
  readonly slots: number[];
  readonly counts: number[];
  /** Live documents with this term. */
  documents: number;
}

/**
 * BM25 over documents in memory. Adding costs tens of microseconds, removing about one: a removed document leaves a
 * tombstone, and a rebuild when a fifth is dead. Ranking depends on the live documents only, never on the order in which
 * they came or on what was removed.
 */
export class KeywordIndex {
  #slotOf = new Map<string, number>();
  #ids: string[] = [];
  #bags: (TermBag | undefined)[] = [];
  /** Terms of the document in each slot; 0 = removed. Beside the bags, since a search reads thousands of them. */
  #lengths = new Uint32Array(0);
  #postings = new Map<number, Postings>();
  #lengthSum = 0;
  #scores = new Float64Array(0);

  get size(): number {
    return this.#slotOf.size;
  }

  /** Adds a document, in place of one with the same id. */
  add(id: string, bag: TermBag): void {
    this.remove(id);
    const slot = this.#ids.length;
    this.#slotOf.set(id, slot);
    this.#ids.push(id);
    this.#bags.push(bag);
    this.#setLength(slot, bag.length);
    this.#lengthSum += bag.length;
    for (const [index, term] of bag.terms.entries()) {
      const postings = this.#postings.get(term) ?? this.#open(term);
      postings.slots.push(slot);
      postings.counts.push(bag.counts[index] ?? 0);
      postings.documents += 1;
    }
  }

  remove(id: string): boolean {
    const slot = this.#slotOf.get(id);
    const bag = slot === undefined ? undefined : this.#bags[slot];
    if (slot === undefined || bag === undefined) return false;
    this.#slotOf.delete(id);
    this.#bags[slot] = undefined;
    this.#lengths[slot] = 0;
    this.#lengthSum -= bag.length;
    for (const term of bag.terms) {
      const postings = this.#postings.get(term);
      if (postings !== undefined) postings.documents -= 1;
    }
    if (this.#ids.length - this.#slotOf.size > this.#ids.length * DEAD_SHARE_MAX) this.#compact();
    return true;
  }

  /** Best first; documents without any term of the query are not found. */
  search(query: TermQuery, limit: number): Hit[] {
    const scores = this.#scratch();
    const lengths = this.#lengths;
    const touched: number[] = [];
    const meanLength = this.#lengthSum / this.size;
    for (const [index, term] of query.terms.entries()) {
      const postings = this.#postings.get(term);
      if (postings === undefined || postings.documents === 0) continue;
      const weight = (query.weights[index] ?? 0) * inverseDocumentFrequency(this.size, postings.documents);
      const { slots, counts } = postings;
      for (let at = 0; at < slots.length; at++) {
        const slot = slots[at] ?? 0;
        const length = lengths[slot] ?? 0;
        if (length === 0) continue;
        const before = scores[slot] ?? 0;
        if (before === 0) touched.push(slot);
        scores[slot] = before + weight * saturation(counts[at] ?? 0, length, meanLength);
      }
    }
    const top = new Top(limit);
    for (const slot of touched) {
      const score = scores[slot] ?? 0;
      if (score >= top.scoreMin) top.add({ id: this.#ids[slot] ?? '', score });
      scores[slot] = 0;
    }
    return top.sorted();
  }

  /** Zeroed scores, one per slot; every search leaves it zeroed. */
  #scratch(): Float64Array {
    if (this.#scores.length < this.#ids.length) this.#scores = new Float64Array(this.#ids.length * 2);
    return this.#scores;
  }

  #setLength(slot: number, length: number): void {
    if (slot >= this.#lengths.length) {
      const lengths = new Uint32Array(Math.max(SLOTS_FIRST, this.#lengths.length * 2));
      lengths.set(this.#lengths);
      this.#lengths = lengths;
    }
    this.#lengths[slot] = length;
  }

  #open(term: number): Postings {
    const postings: Postings = { slots: [], counts: [], documents: 0 };
    this.#postings.set(term, postings);
    return postings;
  }

  #compact(): void {
    const ids = this.#ids;
    const bags = this.#bags;
    this.#slotOf = new Map();
    this.#ids = [];
    this.#bags = [];
    this.#lengths = new Uint32Array(0);
    this.#postings = new Map();
    this.#lengthSum = 0;
    for (const [slot, bag] of bags.entries()) if (bag !== undefined) this.add(ids[slot] ?? '', bag);
  }
}
