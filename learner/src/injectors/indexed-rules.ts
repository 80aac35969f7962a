import { itemReference } from '@tracelore/sdk/contract';
import type { Rule } from '../knowledge/rule.ts';
import { CorpusIndex } from '../search/corpus-index.ts';
import type { Ranking, RankOptions, SearchQuery, SearchSpace } from '../search/ranking.ts';
import { changesBetween } from './changes.ts';
import { byId, type Entry, type PreparedSet, type RuleDocument } from './rule-document.ts';

/**
 * A large set of rules of one project, ready to be searched by index. It holds one set at a time; turning it into another
 * costs what is different between the two, and some 100 µs for looking at 100 000 rules that are the same.
 */
export class IndexedRules implements PreparedSet {
  readonly #documentOf: (rule: Rule) => RuleDocument;
  readonly #index: CorpusIndex;
  #rules: readonly Rule[] = [];
  readonly #entries = new Map<string, Entry>();
  #pinned: readonly Entry[] = [];
  /** Ids of normal rules without a vector. */
  readonly #unembedded = new Set<string>();
  #generation = 0;

  constructor(space: SearchSpace, documentOf: (rule: Rule) => RuleDocument) {
    this.#documentOf = documentOf;
    this.#index = new CorpusIndex(space);
  }

  get pinned(): readonly Entry[] {
    return this.#pinned;
  }

  /** Rules that are not pinned. */
  get normalCount(): number {
    return this.#entries.size - this.#pinned.length;
  }

  /** @param generation of the embedder: with another one, what had no vector may have one now */
  hold(rules: readonly Rule[], generation: number): void {
    if (rules !== this.#rules) {
      const { removed, added } = changesBetween(this.#rules, rules);
      this.#rules = rules;
      this.#replace(removed, added);
      // A rule that stood there twice is gone when one of them went.
      if (this.#entries.size !== rules.length) this.#replace([], rules);
    }
    if (generation === this.#generation) return;
    this.#generation = generation;
    const waiting = [...this.#unembedded];
    for (const id of waiting) {
      const rule = this.#entries.get(id)?.rule;
      if (rule !== undefined) this.#put(rule);
    }
  }

  holds(document: RuleDocument): boolean {
    return this.#entries.get(document.id)?.document === document;
  }

  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  rank(query: SearchQuery, options: RankOptions): Ranking {
    return this.#index.rank(query, options);
  }

  unembedded(): readonly string[] {
    return [...this.#unembedded].map((id) => this.#entries.get(id)?.document.embedded ?? '');
  }

  #replace(removed: readonly Rule[], added: readonly Rule[]): void {
    const gone = new Set(removed.map(itemReference));
    let isPinnedChanged = false;
    const note = (entry: Entry | undefined): void => {
      if (entry?.rule.priority === 'pinned') isPinnedChanged = true;
    };
    for (const id of gone) note(this.#entries.get(id));
    for (const rule of added) {
      const id = itemReference(rule);
      note(this.#entries.get(id));
      gone.delete(id);
      note(this.#put(rule));
    }
    for (const id of gone) {
      this.#entries.delete(id);
      this.#takeOut(id);
    }
    if (isPinnedChanged)
      this.#pinned = [...this.#entries.values()].filter(({ rule }) => rule.priority === 'pinned').sort(byId);
  }

  #put(rule: Rule): Entry {
    const document = this.#documentOf(rule);
    const { id } = document;
    const before = this.#entries.get(id);
    const entry = { rule, document };
    this.#entries.set(id, entry);
    const isSame = before?.document === document && before.rule.priority === rule.priority;
    if (isSame) return entry;
    this.#takeOut(id);
    if (rule.priority === 'pinned') return entry;
    this.#index.add(document);
    if (document.row === null) this.#unembedded.add(id);
    return entry;
  }

  #takeOut(id: string): void {
    this.#index.remove(id);
    this.#unembedded.delete(id);
  }
}
