import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../knowledge/rule.ts';
import { CorpusIndex } from '../search/corpus-index.ts';
import type { Embedder, Vector } from '../search/embedder.ts';
import { wordingOf, type Wording } from '../search/near-duplicate.ts';
import type { SearchDocument } from '../search/ranking.ts';
import { Vocabulary, type TermBag } from '../search/vocabulary.ts';

/** Projects whose large index is kept; the least recently used is rebuilt at its next use. */
const INDEXES_MAX = 8;

/** Text of a rule that is searched and embedded. */
function searchText(rule: Pick<Rule, 'appliesWhen' | 'content' | 'tags'>): string {
  return [rule.appliesWhen, rule.content, rule.tags.join(' ')].join('\n');
}

/** The text of a rule version as it is searched. */
class RuleDocument implements SearchDocument {
  /** `id@version`. */
  readonly id: string;
  readonly text: string;
  readonly bag: TermBag;
  readonly vector: Vector | null;
  readonly #content: string;
  #wording: Wording | undefined;

  constructor(rule: Rule, text: string, bag: TermBag, vector: Vector | null) {
    this.id = itemReference(rule);
    this.text = text;
    this.bag = bag;
    this.vector = vector;
    this.#content = rule.content;
  }

  /** Made at first use: only what is about to be served is compared. */
  get wording(): Wording {
    return (this.#wording ??= wordingOf(this.#content));
  }
}

export type { RuleDocument };

/** A rule with its searched text. */
export interface Entry {
  readonly rule: Rule;
  readonly document: RuleDocument;
}

/** A rule set made ready to be searched. */
export interface PreparedSet {
  /** In the order of their ids. */
  readonly pinned: readonly Entry[];
  readonly normal: readonly RuleDocument[];
  readonly byId: ReadonlyMap<string, Entry>;
  /** Searched texts of normal rules for which the embedder had no vector. */
  readonly unembedded: readonly string[];
}

/**
 * Everything about rules that is worth keeping between selections: terms and vector per version, prepared sets by
 * identity of their array, one index per project with a large set. A cache only: it never changes what is selected.
 */
export class RuleCorpus {
  readonly vocabulary: Vocabulary = new Vocabulary();
  readonly #embedder: Embedder;
  readonly #documents = new Map<string, RuleDocument>();
  readonly #sets = new WeakMap<readonly Rule[], { set: PreparedSet; generation: number }>();
  readonly #indexes = new Map<string, CorpusIndex>();

  constructor(embedder: Embedder) {
    this.#embedder = embedder;
  }

  /** Rule versions held. */
  get size(): number {
    return this.#documents.size;
  }

  /** The array is taken as immutable: the same array is the same set. */
  prepare(rules: readonly Rule[]): PreparedSet {
    const { generation } = this.#embedder;
    const known = this.#sets.get(rules);
    if (known?.generation === generation) return known.set;
    const entries = rules.map((rule): Entry => ({ rule, document: this.#documentOf(rule) }));
    const normal = entries.filter(({ rule }) => rule.priority !== 'pinned').map(({ document }) => document);
    const set: PreparedSet = {
      pinned: entries.filter(({ rule }) => rule.priority === 'pinned').sort(byId),
      normal,
      byId: new Map(entries.map((entry) => [entry.document.id, entry])),
      unembedded: normal.filter(({ vector }) => vector === null).map(({ text }) => text),
    };
    this.#sets.set(rules, { set, generation });
    return set;
  }

  /** The project's index, holding exactly these documents. */
  index(project: string, documents: readonly RuleDocument[]): CorpusIndex {
    const index = this.#indexes.get(project) ?? new CorpusIndex(this.vocabulary, this.#embedder.dimensions);
    this.#indexes.delete(project);
    this.#indexes.set(project, index);
    for (const oldest of this.#indexes.keys()) {
      if (this.#indexes.size <= INDEXES_MAX) break;
      this.#indexes.delete(oldest);
    }
    index.hold(documents);
    return index;
  }

  /** Kept per version, whose text never changes; a vector that was not known the last time is asked for again. */
  #documentOf(rule: Rule): RuleDocument {
    const reference = itemReference(rule);
    const text = searchText(rule);
    const known = this.#documents.get(reference);
    const same = known?.text === text ? known : undefined;
    if (same !== undefined && same.vector !== null) return same;
    const vector = this.#embedder.vectorOf(text);
    if (same !== undefined && vector === null) return same;
    const document = new RuleDocument(rule, text, same?.bag ?? this.vocabulary.document(text), vector);
    this.#documents.set(reference, document);
    return document;
  }
}

function byId(a: Entry, b: Entry): number {
  return a.document.id < b.document.id ? -1 : a.document.id > b.document.id ? 1 : 0;
}
