import type { Rule } from './rule.ts';

/** Rules that are moved one by one; when more changed, everything is sorted anew. */
const MOVED_MAX = 32;

/**
 * The rules in force in the order in which they are listed: pinned first, then by id. A change costs a copy of the list, some
 * 100 µs for 100 000 rules, and only when somebody asks.
 */
export class ServedRules {
  #rules: readonly Rule[] = [];
  /** What became of rules since the list was made; absent = not in force. */
  readonly #changed = new Map<string, { readonly was?: Rule | undefined; readonly is?: Rule | undefined }>();

  /** A rule in force that changed, came (`was` is absent) or went (`is` is absent). */
  note(was: Rule | undefined, is: Rule | undefined): void {
    const id = (was ?? is)?.id;
    if (id === undefined) return;
    const earlier = this.#changed.get(id);
    this.#changed.set(id, { was: earlier === undefined ? was : earlier.was, is });
  }

  /** The same array as long as it says the same: what is made of it is made once. */
  all(): readonly Rule[] {
    if (this.#changed.size > 0) {
      this.#rules = this.#changed.size > MOVED_MAX ? this.#sorted() : this.#moved();
      this.#changed.clear();
    }
    return this.#rules;
  }

  #sorted(): Rule[] {
    const unchanged = this.#rules.filter(({ id }) => !this.#changed.has(id));
    const changed = [...this.#changed.values()].map(({ is }) => is).filter((rule) => rule !== undefined);
    return [...unchanged, ...changed].sort(pinnedFirst);
  }

  #moved(): Rule[] {
    const rules = this.#rules.slice();
    for (const { was, is } of this.#changed.values()) {
      if (was !== undefined) rules.splice(placeOf(was, rules), 1);
      if (is !== undefined) rules.splice(placeOf(is, rules), 0, is);
    }
    return rules;
  }
}

/** Where a rule stands or would stand. */
function placeOf(rule: Rule, rules: readonly Rule[]): number {
  let [from, to] = [0, rules.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const other = rules[middle];
    if (other !== undefined && pinnedFirst(other, rule) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function pinnedFirst(a: Rule, b: Rule): number {
  if (a.priority !== b.priority) return a.priority === 'pinned' ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
