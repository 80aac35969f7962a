import { inverseDocumentFrequency } from './bm25.ts';
import { Occurrences } from './occurrences.ts';
import { Postings } from './postings.ts';
import { Top, type Hits } from './top.ts';
import type { TermBag, TermQuery } from './vocabulary.ts';

const SLOTS_FIRST = 256;

/**
 * BM25 over documents in memory. Adding and removing cost tens of microseconds at 100 000 documents. Ranking depends on the
 * documents held only, never on the order in which they came or on what was removed.
 */
export class KeywordIndex {
  readonly #slotOf = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #bags: (TermBag | undefined)[] = [];
  readonly #free: number[] = [];
  readonly #occurrences: Occurrences = new Occurrences();
  readonly #postings = new Map<number, Postings>();
  #lengthSum = 0;
  /** For a search: scores by slot, left zeroed, and the slots that have one. */
  #scores = new Float64Array(SLOTS_FIRST);
  #touched = new Uint32Array(SLOTS_FIRST);

  get size(): number {
    return this.#slotOf.size;
  }

  /** Adds a document, in place of one with the same id. */
  add(id: string, bag: TermBag): void {
    this.remove(id);
    const slot = this.#free.pop() ?? this.#ids.length;
    if (slot === this.#scores.length) this.#grow();
    this.#slotOf.set(id, slot);
    this.#ids[slot] = id;
    this.#bags[slot] = bag;
    this.#lengthSum += bag.length;
    for (let index = 0; index < bag.terms.length; index++) {
      const occurrence = this.#occurrences.number(bag.counts[index] ?? 0, bag.length);
      this.#postingsOf(bag.terms[index] ?? 0).add(slot, occurrence);
    }
  }

  remove(id: string): boolean {
    const slot = this.#slotOf.get(id);
    const bag = slot === undefined ? undefined : this.#bags[slot];
    if (slot === undefined || bag === undefined) return false;
    this.#slotOf.delete(id);
    this.#bags[slot] = undefined;
    this.#free.push(slot);
    this.#lengthSum -= bag.length;
    for (const term of bag.terms) this.#postings.get(term)?.remove(slot);
    return true;
  }

  /** Best first; documents without any term of the query are not found. */
  search(query: TermQuery, limit: number): Hits {
    const scores = this.#scores;
    const touched = this.#touched;
    let count = 0;
    const shares = this.#occurrences.shares(this.#lengthSum / this.size);
    for (let index = 0; index < query.terms.length; index++) {
      const postings = this.#postings.get(query.terms[index] ?? 0);
      if (postings === undefined || postings.size === 0) continue;
      const weight = (query.weights[index] ?? 0) * inverseDocumentFrequency(this.size, postings.size);
      const { entries, size } = postings;
      for (let at = 0; at < size * 2; at += 2) {
        const slot = entries[at] ?? 0;
        const before = scores[slot] ?? 0;
        if (before === 0) touched[count++] = slot;
        scores[slot] = before + weight * (shares[entries[at + 1] ?? 0] ?? 0);
      }
    }
    const top = new Top(limit);
    for (let index = 0; index < count; index++) {
      const slot = touched[index] ?? 0;
      const score = scores[slot] ?? 0;
      if (score >= top.scoreMin) top.add(this.#ids[slot] ?? '', score);
      scores[slot] = 0;
    }
    return top.take();
  }

  #postingsOf(term: number): Postings {
    const known = this.#postings.get(term);
    if (known !== undefined) return known;
    const postings = new Postings();
    this.#postings.set(term, postings);
    return postings;
  }

  #grow(): void {
    const slots = this.#scores.length * 2;
    this.#scores = new Float64Array(slots);
    this.#touched = new Uint32Array(slots);
  }
}
