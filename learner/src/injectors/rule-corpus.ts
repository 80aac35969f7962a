import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../knowledge/rule.ts';
import type { Embedder } from '../search/embedder.ts';
import type { SearchSpace } from '../search/ranking.ts';
import { ScannedSet } from '../search/scanned-set.ts';
import { SCAN_VECTORS_MAX } from '../search/vector-index.ts';
import { VectorTable } from '../search/vector-table.ts';
import { Vocabulary } from '../search/vocabulary.ts';
import { DocumentCache } from './document-cache.ts';
import { IndexedRules } from './indexed-rules.ts';
import { byId, embeddedText, RuleDocument, searchText, type PreparedSet } from './rule-document.ts';

/** A set that is looked through as a whole, with what it is made of. */
interface ScannedRules {
  readonly set: PreparedSet;
  readonly documents: readonly RuleDocument[];
  /** Of the embedder. */
  readonly generation: number;
  /** Round of the cache. */
  usedIn: number;
}

/** Projects whose large index is kept; the least recently used is rebuilt at its next use. */
const INDEXES_MAX = 8;

/**
 * Everything about rules that is worth keeping between selections: terms and vector per version, prepared sets by
 * identity of their array, one index per project with a large set. A cache only: it never changes what is selected.
 */
export class RuleCorpus {
  readonly #embedder: Embedder;
  readonly #space: SearchSpace;
  readonly #documents: DocumentCache;
  readonly #sets = new WeakMap<readonly Rule[], ScannedRules>();
  readonly #indexes = new Map<string, IndexedRules>();

  /** @param documentsMax rule versions that are kept although nobody uses them */
  constructor(embedder: Embedder, documentsMax?: number) {
    this.#embedder = embedder;
    const vectors = new VectorTable(embedder.dimensions);
    this.#space = { vocabulary: new Vocabulary(), vectors };
    this.#documents = new DocumentCache({
      documentsMax,
      isIndexed: (document) => [...this.#indexes.values()].some((index) => index.holds(document)),
      onDropped: ({ row }) => row !== null && vectors.remove(row),
    });
  }

  /** Rule versions held. */
  get size(): number {
    return this.#documents.size;
  }

  /** The array is taken as immutable: the same array is the same set. Good until the next call. */
  prepare(rules: readonly Rule[]): PreparedSet {
    this.#documents.step();
    if (rules.length > SCAN_VECTORS_MAX) {
      const index = this.#indexOf(rules[0]?.project ?? '');
      index.hold(rules, this.#embedder.generation);
      if (index.normalCount > SCAN_VECTORS_MAX) return index;
    }
    const { generation } = this.#embedder;
    const { round } = this.#documents;
    let known = this.#sets.get(rules);
    if (known?.generation !== generation || !this.#documents.keeps(known.usedIn)) {
      known = { ...this.#scanned(rules), generation, usedIn: -1 };
      this.#sets.set(rules, known);
    }
    if (known.usedIn !== round) {
      this.#documents.use(known.documents);
      known.usedIn = round;
    }
    return known.set;
  }

  #scanned(rules: readonly Rule[]): Pick<ScannedRules, 'set' | 'documents'> {
    const entries = rules.map((rule) => ({ rule, document: this.#documentOf(rule) }));
    const normal = entries.filter(({ rule }) => rule.priority !== 'pinned').map(({ document }) => document);
    const found = new Map(entries.map((entry) => [entry.document.id, entry]));
    const scanned = new ScannedSet(normal, this.#space);
    const set: PreparedSet = {
      pinned: entries.filter(({ rule }) => rule.priority === 'pinned').sort(byId),
      find: (id) => found.get(id),
      rank: (query, options) => scanned.rank(query, options),
      unembedded: () => normal.filter(({ row }) => row === null).map(({ embedded }) => embedded),
    };
    return { set, documents: entries.map(({ document }) => document) };
  }

  #indexOf(project: string): IndexedRules {
    const index =
      this.#indexes.get(project) ?? new IndexedRules(this.#space, (rule) => this.#documentOf(rule));
    this.#indexes.delete(project);
    this.#indexes.set(project, index);
    for (const oldest of this.#indexes.keys()) {
      if (this.#indexes.size <= INDEXES_MAX) break;
      this.#indexes.delete(oldest);
    }
    return index;
  }

  /** Kept per version, whose text never changes; a vector that was not known the last time is asked for again. */
  #documentOf(rule: Rule): RuleDocument {
    const reference = itemReference(rule);
    const held = this.#documents.find(reference);
    const same = held?.isOf(rule) === true ? held : undefined;
    if (same !== undefined && same.row !== null) return same;
    const document = this.#analyse(rule, same);
    this.#documents.put(reference, document);
    this.#documents.use([document]);
    return document;
  }

  #analyse(rule: Rule, same: RuleDocument | undefined): RuleDocument {
    const vector = this.#embedder.vectorOf(embeddedText(rule));
    if (same !== undefined && vector === null) return same;
    const row = vector === null ? null : this.#space.vectors.add(vector);
    return new RuleDocument(rule, same?.bag ?? this.#space.vocabulary.document(searchText(rule)), row);
  }
}
