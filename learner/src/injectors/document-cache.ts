import type { RuleDocument } from './rule-document.ts';

/** Rule versions whose analysis is kept, some 3 kB each; above it, what was not used for a while goes. */
const DOCUMENTS_MAX = 200_000;
/** New versions between two rounds, as a share of the limit. */
const ROUND_SHARE = 0.25;
/** Documents looked at in one step: some ten microseconds. */
const STEP_DOCUMENTS = 256;

export interface DocumentCacheOptions {
  /** Whether an index needs it, used or not. */
  readonly isIndexed: (document: RuleDocument) => boolean;
  /** Told what is not kept any longer. */
  readonly onDropped: (document: RuleDocument) => void;
  /** For tests. Default {@link DOCUMENTS_MAX}. */
  readonly documentsMax?: number | undefined;
}

/**
 * Documents by rule version. Above the limit they are gone through in rounds, a few at each step: what no index needs and
 * nobody used in this round or the last one goes. When everything is used, all is kept.
 */
export class DocumentCache {
  readonly #options: DocumentCacheOptions;
  readonly #documents = new Map<string, RuleDocument>();
  readonly #growth: number;
  /** The next round begins above this size. */
  #roundAt: number;
  #round = 0;
  /** What is still to be looked at in this round. */
  #rest: Iterator<[string, RuleDocument]> | undefined;

  constructor(options: DocumentCacheOptions) {
    this.#options = options;
    this.#roundAt = options.documentsMax ?? DOCUMENTS_MAX;
    this.#growth = this.#roundAt * ROUND_SHARE;
  }

  get size(): number {
    return this.#documents.size;
  }

  /** Number of the present round. */
  get round(): number {
    return this.#round;
  }

  /** Whether nothing that was used in this round can be gone. */
  keeps(round: number): boolean {
    return round >= this.#round - 1;
  }

  find(reference: string): RuleDocument | undefined {
    return this.#documents.get(reference);
  }

  /** In place of what said something else under the same name, which may still be in use. */
  put(reference: string, document: RuleDocument): void {
    const before = this.#documents.get(reference);
    if (before !== undefined && before.row !== null) {
      this.#documents.set(`${reference}\u0000${before.row}`, before);
    }
    this.#documents.set(reference, document);
  }

  use(documents: Iterable<RuleDocument>): void {
    for (const document of documents) document.usedIn = this.#round;
  }

  /** Goes on with the round, or begins one when there are too many. */
  step(): void {
    if (this.#rest === undefined) {
      if (this.#documents.size <= this.#roundAt) return;
      this.#round += 1;
      this.#rest = this.#documents.entries();
    }
    for (let looked = 0; looked < STEP_DOCUMENTS; looked++) {
      const next = this.#rest.next();
      if (next.done === true) {
        this.#rest = undefined;
        this.#roundAt = Math.max(this.#roundAt, this.#documents.size + this.#growth);
        return;
      }
      const [reference, document] = next.value;
      if (this.keeps(document.usedIn) || this.#options.isIndexed(document)) continue;
      this.#documents.delete(reference);
      this.#options.onDropped(document);
    }
  }
}
