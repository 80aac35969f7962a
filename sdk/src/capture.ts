import { ATTRIBUTE_BYTES_MAX, TRUNCATION_MARK } from './contract/attributes.ts';

/** Deeper values are shown as `[…]`. */
const DEPTH_MAX = 64;
/** Objects, arrays and scalars visited per value: bounds the time a capture may take on the host's path. */
const NODES_MAX = 100_000;
/** JSON escapes can make text longer than it was measured; so often a value is cut again before it is given up. */
const ATTEMPTS_MAX = 4;

/** Cuts text to `bytesMax` bytes of UTF-8, mark included, never inside a character. */
export function truncateText(text: string, bytesMax: number = ATTRIBUTE_BYTES_MAX): string {
  // A UTF-16 unit is at most 3 bytes: most texts need no count.
  if (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax) return text;
  const room = Math.max(0, bytesMax - Buffer.byteLength(TRUNCATION_MARK));
  // `bytesMax` units hold at least that many bytes, so the head is enough to cut from.
  const bytes = Buffer.from(text.slice(0, bytesMax));
  let end = Math.min(room, bytes.length);
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + TRUNCATION_MARK;
}

/** Text of any value for a span: strings as they are, everything else as JSON within the limits. Never throws. */
export function captureText(value: unknown, bytesMax: number = ATTRIBUTE_BYTES_MAX): string {
  return typeof value === 'string' ? truncateText(value, bytesMax) : captureJson(value, bytesMax);
}

/**
 * JSON of any value, always parseable and within `bytesMax` bytes: long texts inside are cut and marked, cycles, deep
 * parts, functions and getters that throw are named, `bigint` becomes its digits. Never throws, never calls a setter.
 */
export function captureJson(value: unknown, bytesMax: number = ATTRIBUTE_BYTES_MAX): string {
  let budget = bytesMax;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const json = JSON.stringify(new Copier(budget).copy(value, 0)) ?? 'null';
    const bytes = json.length * 3 <= bytesMax ? 0 : Buffer.byteLength(json);
    if (bytes <= bytesMax) return json;
    budget = Math.floor((budget * bytesMax * 0.9) / bytes);
  }
  return JSON.stringify(TRUNCATION_MARK);
}

/** Copies a value into plain JSON values within a budget of bytes and nodes. */
class Copier {
  #bytes: number;
  #nodes = NODES_MAX;
  readonly #open = new Set<object>();

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  copy(value: unknown, depth: number): unknown {
    this.#nodes -= 1;
    this.#bytes -= 4;
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
        return this.#text(value.toString());
      case 'symbol':
        return this.#text(value.toString());
      case 'function':
        return `[Function ${value.name}]`;
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'boolean':
      case 'undefined':
        return value;
      default:
        return null;
    }
  }

  #text(value: string): string {
    const text = truncateText(value, Math.max(0, this.#bytes));
    this.#bytes -= text.length;
    return text;
  }

  #spent(): boolean {
    return this.#bytes <= 0 || this.#nodes <= 0;
  }

  #object(value: object, depth: number): unknown {
    if (this.#open.has(value)) return '[Circular]';
    if (depth >= DEPTH_MAX) return '[…]';
    this.#open.add(value);
    try {
      return this.#parts(value, depth + 1);
    } catch (error) {
      return `[Unreadable: ${error instanceof Error ? error.message : 'it threw'}]`;
    } finally {
      this.#open.delete(value);
    }
  }

  #parts(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#items(value, depth);
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      return `[${value.constructor.name} ${value.byteLength} bytes]`;
    }
    if (value instanceof Map) return this.#items([...value.entries()], depth);
    if (value instanceof Set) return this.#items([...value], depth);
    if (value instanceof Error) {
      return { name: this.#text(value.name), message: this.#text(value.message) };
    }
    const toJson: unknown = Reflect.get(value, 'toJSON');
    if (typeof toJson === 'function') return this.copy(Reflect.apply(toJson, value, []), depth);
    return this.#fields(value, depth);
  }

  #items(values: readonly unknown[], depth: number): unknown[] {
    const items: unknown[] = [];
    for (const item of values) {
      if (this.#spent()) {
        items.push(TRUNCATION_MARK);
        break;
      }
      items.push(this.copy(item, depth));
    }
    return items;
  }

  #fields(value: object, depth: number): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      if (this.#spent()) {
        fields[TRUNCATION_MARK] = true;
        break;
      }
      this.#bytes -= key.length + 4;
      const field = this.copy(readField(value, key), depth);
      // `__proto__` as an own key of parsed JSON must stay a key.
      Object.defineProperty(fields, key, {
        value: field,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    }
    return fields;
  }
}

function readField(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    return `[Getter threw: ${error instanceof Error ? error.message : 'no message'}]`;
  }
}
