import { hasUsage, type RunTree, type TreeSpan } from './run-tree.ts';

/**
 * Spans that tell of the same call of a model, grouped: two instrumentations of one call that stand beside each other. In
 * order of the first of each group; the report that stands first in its group has usage if any has. `spans` are in order of
 * start.
 *
 * The same response id at the same time is the same call. One after the other they are separate calls whatever their ids:
 * caches, proxies and test servers repeat them. Where one of them has no response id, the same usage of the same model at
 * the same time, told by different instrumentations, is the same call too. Spans below one another are different calls.
 */
export function sameCalls<Span extends TreeSpan>(spans: readonly Span[], tree: RunTree<Span>): Span[][] {
  const groups: Group<Span>[] = [];
  const alike = new Map<string, Group<Span>[]>();
  for (const span of spans) {
    const start = BigInt(span.start);
    const keys = keysOf(span);
    // What has ended before this one began can be the same as none that follows either: thousands of calls in a row stay cheap.
    for (const key of keys)
      alike.set(
        key,
        (alike.get(key) ?? []).filter(({ end }) => end >= start),
      );
    const known = keys
      .flatMap((key) => alike.get(key) ?? [])
      .find(({ told }) => told.every((other) => isSame(other, span) && !isNested(other, span, tree)));
    const group = known ?? { told: [], end: start + BigInt(span.duration) };
    if (known === undefined) groups.push(group);
    const [first] = group.told;
    if (first !== undefined && !hasUsage(first) && hasUsage(span)) group.told.unshift(span);
    else group.told.push(span);
    group.end = earlier(group.end, start + BigInt(span.duration));
    for (const key of keys) {
      const list = alike.get(key);
      if (list?.includes(group) === false) list.push(group);
    }
  }
  return groups.map(({ told }) => told);
}

interface Group<Span> {
  readonly told: Span[];
  /** Of the span that ended first, Unix ns. */
  end: bigint;
}

function earlier(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}

/** What spans of the same call have in common; those without any cannot be told to be the same. */
function keysOf(span: TreeSpan): string[] {
  const keys = span.response_id === '' ? [] : [`id ${span.response_id}`];
  return hasUsage(span) ? [...keys, `usage ${span.input_tokens} ${span.output_tokens}`] : keys;
}

function isSame(one: TreeSpan, other: TreeSpan): boolean {
  if (!atSameTime(one, other)) return false;
  if (one.response_id !== '' && other.response_id !== '') return one.response_id === other.response_id;
  return (
    one.scope_name !== other.scope_name &&
    one.input_tokens === other.input_tokens &&
    one.output_tokens === other.output_tokens &&
    shareModel(one, other)
  );
}

function isNested<Span extends TreeSpan>(one: Span, other: Span, tree: RunTree<Span>): boolean {
  const isAbove = (above: Span, span: Span): boolean => tree.upwards(span).includes(above);
  return isAbove(one, other) || isAbove(other, one);
}

/** A span that names no model may be of any. */
function shareModel(one: TreeSpan, other: TreeSpan): boolean {
  const names = [one.request_model, one.response_model].filter((name) => name !== '');
  const others = [other.request_model, other.response_model].filter((name) => name !== '');
  return names.length === 0 || others.length === 0 || names.some((name) => others.includes(name));
}

/**
 * Whether the spans share at least half of the shorter one. Any overlap would not do: senders that round starts down to
 * milliseconds let a call seem to begin before the one before it has ended.
 */
function atSameTime(one: TreeSpan, other: TreeSpan): boolean {
  const [start, otherStart] = [BigInt(one.start), BigInt(other.start)];
  const [length, otherLength] = [BigInt(one.duration), BigInt(other.duration)];
  const [end, otherEnd] = [start + length, otherStart + otherLength];
  const shared = (end < otherEnd ? end : otherEnd) - (start > otherStart ? start : otherStart);
  return shared >= 0n && shared * 2n >= (length < otherLength ? length : otherLength);
}
