import { itemReference } from '@tracelore/sdk/contract';
import { changesBetween } from '../injectors/changes.ts';
import type { RuleSet } from '../injectors/rule-set.ts';

/** How long a unit keeps the rules it first got, ms. */
export const UNIT_SNAPSHOT_MS: number = 24 * 3_600_000;
/** Units remembered; at the limit the one that was pinned first follows the newest rules again. */
const UNITS_MAX = 50_000;
/** Positions of the knowledge log that units are held at; units at older ones follow the newest rules again. */
const SNAPSHOTS_MAX = 32;

interface Pinned {
  readonly set: RuleSet;
  readonly untilMs: number;
}

/**
 * Holds the units of one project at the rules they first got: a conversation sees one state of the knowledge, its text
 * stays cached at the provider, and its outcome belongs to that state. New rules wait for the next unit; when a rule is
 * taken back or rewritten, every unit that could get it moves to the newest state at once. In memory only: a restart
 * moves every unit to the newest state.
 */
export class UnitSnapshots {
  readonly #units = new Map<string, Pinned>();
  readonly #sets = new Map<number, RuleSet>();
  /** Which older sets are still wholly served, for the newest set seen. */
  #valid = new WeakMap<RuleSet, boolean>();
  #newest: RuleSet['rules'] = [];

  /** The rules this unit gets, given the newest ones. */
  of(unit: string, newest: RuleSet, nowMs: number): RuleSet {
    const pinned = this.#units.get(unit);
    if (pinned === undefined) return newest;
    if (pinned.untilMs > nowMs && this.#isServed(pinned.set, newest)) return pinned.set;
    this.#units.delete(unit);
    return newest;
  }

  /** Holds the unit at this set from its first answer with text on. */
  pin(unit: string, set: RuleSet, nowMs: number): void {
    if (this.#units.has(unit)) return;
    this.#units.set(unit, { set: this.#shared(set), untilMs: nowMs + UNIT_SNAPSHOT_MS });
    dropOldest(this.#units, UNITS_MAX);
  }

  /** One object per snapshot, so that units share it. */
  #shared(set: RuleSet): RuleSet {
    const known = this.#sets.get(set.snapshot);
    if (known !== undefined) return known;
    this.#sets.set(set.snapshot, set);
    dropOldest(this.#sets, SNAPSHOTS_MAX);
    return set;
  }

  #isServed(set: RuleSet, newest: RuleSet): boolean {
    if (set.rules === newest.rules) return true;
    if (this.#sets.get(set.snapshot) !== set) return false;
    if (this.#newest !== newest.rules) {
      this.#newest = newest.rules;
      this.#valid = new WeakMap();
    }
    let valid = this.#valid.get(set);
    if (valid === undefined) {
      const { removed, added } = changesBetween(set.rules, newest.rules);
      const still = new Set(added.map(itemReference));
      valid = removed.every((rule) => still.has(itemReference(rule)));
      this.#valid.set(set, valid);
    }
    return valid;
  }
}

function dropOldest<Key>(map: Map<Key, unknown>, sizeMax: number): void {
  if (map.size <= sizeMax) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
