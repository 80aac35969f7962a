import type { Rule } from '../knowledge/rule.ts';
import type { Embedder } from '../search/embedder.ts';
import { FUSION_K, FUSION_K_AGENTLEARN } from '../search/fuse.ts';
import { staticEmbedder } from '../search/static-embedder.ts';
import { choose, ITEMS_MAX, TOKENS_MAX } from './choose.ts';
import { RuleCorpus } from './rule-corpus.ts';
import type { Entry, PreparedSet } from './rule-document.ts';
import type { RuleSet, Selection, SelectOptions, Selector } from './rule-set.ts';
import { searchedPart, TaskQueries } from './task-query.ts';

export interface SelectorOptions {
  /** Default: the built-in static table. */
  readonly embedder?: Embedder;
  /** See `Budget`. */
  readonly sourceOf?: (rule: Rule) => string | undefined;
}

/** A selector that can be told beforehand what it will be asked. */
export interface PreparedSelector extends Selector {
  /** Whether preparing changes what is selected; else it only saves the first selection time. */
  readonly learns: boolean;
  /**
   * Resolves when the embedder knows these tasks and rules or gave up on them; never rejects. With the static table there
   * is nothing to wait for, only the set's terms and vectors are made beforehand. What the embedder does not know is
   * selected by words alone.
   */
  prepare(tasks: readonly string[], set: RuleSet, signal?: AbortSignal): Promise<void>;
}

/**
 * Hybrid retrieval over a fixed rule set: keywords and vectors, a relevance floor, pinned rules first, a budget.
 *
 * A selection depends on the task, the rules of the set, the options and the embedder's vectors, and on nothing else: not
 * on earlier calls, not on the order of the rules, not on rules outside the set. Up to 4 000 normal rules a rule that is
 * not relevant to the task changes nothing about the others either (see `ScannedSet`); above, keyword statistics come
 * from the whole set. One selection costs some 10 µs for tens of rules, a tenth of a
 * millisecond for 1 000 and half of one for 10 000; a rule that changes costs what it is, not what the set is.
 */
export function createSelector(options: SelectorOptions = {}): PreparedSelector {
  const embedder = options.embedder ?? staticEmbedder;
  const queries = new TaskQueries(embedder);
  const corpus = new RuleCorpus(embedder);

  return {
    learns: embedder.learns,

    select(task: string, set: RuleSet, limits: SelectOptions = {}): Selection {
      const beganAt = performance.now();
      const query = queries.query(task);
      const embeddedAt = performance.now();
      const prepared = corpus.prepare(set.rules);
      const fusionK = limits.format?.startsWith('agentlearn') === true ? FUSION_K_AGENTLEARN : FUSION_K;
      const { ids, bestCosine } = prepared.rank(query, { embedder, fusionK });
      const budget = {
        itemsMax: limits.itemsMax ?? ITEMS_MAX,
        tokensMax: limits.tokensMax ?? TOKENS_MAX,
        sourceOf: options.sourceOf,
      };
      const rules = choose(prepared.pinned, entriesOf(ids, prepared), budget);
      limits.onTimes?.({ embedMs: embeddedAt - beganAt, searchMs: performance.now() - embeddedAt });
      return { rules, bestCosine };
    },

    async prepare(tasks: readonly string[], set: RuleSet, signal?: AbortSignal): Promise<void> {
      const unembedded = corpus.prepare(set.rules).unembedded();
      await embedder.prepare([...tasks.map(searchedPart), ...unembedded], signal);
      corpus.prepare(set.rules);
    },
  };
}

/** One by one: an answer takes a few of the hundred that are found. */
function* entriesOf(ids: readonly string[], prepared: PreparedSet): Iterable<Entry> {
  for (const id of ids) {
    const entry = prepared.find(id);
    if (entry !== undefined) yield entry;
  }
}
