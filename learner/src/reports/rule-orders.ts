import { createRandom } from '../stats/random.ts';
import type { RuleReference } from '../trials/trial-runner.ts';

/** Orders that are tried out until one more would need too many replays. With three rules all six are found. */
const ORDERS_TRIED = 32;

/** What has to be replayed to share a run's outcome among its rules. */
export interface OrderPlan {
  /** Rule sets to replay, each once: all rules, none, all but each one, and what the orders need besides. */
  readonly sets: readonly (readonly RuleReference[])[];
  /** Orders of the rules whose every beginning is among the sets. */
  readonly orders: readonly (readonly RuleReference[])[];
}

/**
 * Plans replays for Shapley values: a rule's share is what it adds to the rules before it, on average over random orders.
 * Orders come in antithetic pairs, one and its reverse, as far as the replays last: who comes late in the one comes early in
 * the other.
 *
 * @param rules at most `setsMax` − 2, so that each can be left out
 */
export function planOrders(rules: readonly RuleReference[], setsMax: number, seed: string): OrderPlan {
  const sets = new Map<string, readonly RuleReference[]>();
  const add = (...news: readonly (readonly RuleReference[])[]): boolean => {
    const missing = new Map(
      news.flatMap((set) => (sets.has(nameOf(set)) ? [] : [[nameOf(set), set] as const])),
    );
    if (sets.size + missing.size > setsMax) return false;
    for (const [name, set] of missing) sets.set(name, set);
    return true;
  };
  add(rules, [], ...rules.map((left) => rules.filter((rule) => rule !== left)));
  const orders = new Map<string, readonly RuleReference[]>();
  const random = createRandom(seed);
  for (let tries = 0; tries < ORDERS_TRIED; tries += 1) {
    const order = random.shuffle(rules);
    for (const one of [order, order.toReversed()])
      if (add(...beginningsOf(one))) orders.set(one.join(' '), one);
  }
  return { sets: [...sets.values()], orders: [...orders.values()] };
}

/**
 * Share of each rule in the difference between all rules and none, in score units: negative = the task went worse with it.
 * The shares of all rules add up to that difference. Orders with a set that has no score are left out.
 *
 * @returns no share when no order is left; `orders` = how many they are the mean of
 */
export function shapleyValues(
  orders: readonly (readonly RuleReference[])[],
  scoreOf: (set: readonly RuleReference[]) => number | null,
): { readonly shares: ReadonlyMap<RuleReference, number>; readonly orders: number } {
  const scored = orders.flatMap((order) => {
    const scores = [[], ...beginningsOf(order)].flatMap((set) => scoreOf(set) ?? []);
    return scores.length === order.length + 1 ? [{ order, scores }] : [];
  });
  const shares = new Map<RuleReference, number>();
  for (const { order, scores } of scored)
    for (const [place, rule] of order.entries()) {
      const added = (scores[place + 1] ?? 0) - (scores[place] ?? 0);
      shares.set(rule, (shares.get(rule) ?? 0) + added / scored.length);
    }
  return { shares, orders: scored.length };
}

/** The first, the first two, … of an order. */
function beginningsOf(order: readonly RuleReference[]): (readonly RuleReference[])[] {
  return order.map((_, index) => order.slice(0, index + 1));
}

/** The same for every order of a set. */
export function nameOf(set: readonly RuleReference[]): string {
  return set.toSorted().join(' ');
}
