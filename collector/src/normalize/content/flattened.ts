import type { AttributeValue } from '../../records.ts';

/** Deepest path below a flattened list, segments. */
const PATH_SEGMENTS_MAX = 16;

type Node = Map<string, Node | AttributeValue>;

/**
 * A list that a sender flattened into attributes (`prefix.0.message.role`, `prefix.0.message.content`, …), put together
 * again. Positions follow the order of the indexes, not their size: an index of a thousand million costs one element.
 */
export class FlattenedList {
  readonly #root: Node = new Map();

  /** `path` is the attribute name behind the prefix. */
  add(path: string, value: AttributeValue): void {
    const segments = path.split('.');
    const last = segments.pop();
    if (last === undefined || segments.length >= PATH_SEGMENTS_MAX) return;
    let node = this.#root;
    for (const segment of segments) {
      const child = node.get(segment);
      if (child instanceof Map) node = child;
      else {
        const made: Node = new Map();
        node.set(segment, made);
        node = made;
      }
    }
    node.set(last, value);
  }

  value(): AttributeValue {
    return build(this.#root);
  }
}

const INDEX = /^\d+$/;

function build(node: Node): AttributeValue {
  const entries = [...node].map(([key, child]): [string, AttributeValue] => [
    key,
    child instanceof Map ? build(child) : child,
  ]);
  if (!entries.every(([key]) => INDEX.test(key))) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}
