const ENTRIES_FIRST = 2;

/** Which documents hold a term: slot and number of the occurrence by turns, in any order, without gaps. */
export class Postings {
  entries: Uint32Array = new Uint32Array(ENTRIES_FIRST * 2);
  /** Documents with the term. */
  size = 0;

  add(slot: number, occurrence: number): void {
    if (this.size * 2 === this.entries.length) {
      const entries = new Uint32Array(this.entries.length * 2);
      entries.set(this.entries);
      this.entries = entries;
    }
    this.entries[this.size * 2] = slot;
    this.entries[this.size * 2 + 1] = occurrence;
    this.size += 1;
  }

  /** The last one fills the gap. */
  remove(slot: number): void {
    const { entries } = this;
    const end = this.size * 2;
    for (let at = 0; at < end; at += 2) {
      if (entries[at] !== slot) continue;
      entries.copyWithin(at, end - 2, end);
      this.size -= 1;
      return;
    }
  }
}
