/** Result of decoding a foreign value: the value, or every problem found in it. */
export type Decoded<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly string[] };

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARACTERS_MAX = 80;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS_MAX ? `${text.slice(0, SHOWN_CHARACTERS_MAX)}…` : text;
}

/** Collects problems while fields are read; each names the field, what was expected and what came. */
export class Problems {
  readonly #list: string[] = [];

  add(field: string, expected: string, got: unknown): void {
    this.#list.push(`${field === '' ? 'value' : field}: expected ${expected}, got ${shown(got)}`);
  }

  fail<T>(field: string, expected: string, got: unknown): Decoded<T> {
    this.add(field, expected, got);
    return { ok: false, problems: this.#list };
  }

  string(value: unknown, field: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.add(field, 'a non-empty string', value);
    return '';
  }

  text(value: unknown, field: string): string {
    if (typeof value === 'string') return value;
    this.add(field, 'a string', value);
    return '';
  }

  integer(value: unknown, field: string, min: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
    this.add(field, `an integer of at least ${min}`, value);
    return min;
  }

  numberIn(value: unknown, field: string, min: number, max: number): number {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.add(field, `a number in [${min}, ${max}]`, value);
    return min;
  }

  oneOf<T extends string>(value: unknown, field: string, allowed: readonly [T, ...T[]]): T {
    const found = allowed.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    this.add(field, `one of ${allowed.join(', ')}`, value);
    return allowed[0];
  }

  list<T>(value: unknown, field: string, each: (item: unknown, field: string) => T): T[] {
    if (Array.isArray(value)) return value.map((item: unknown, index) => each(item, `${field}[${index}]`));
    this.add(field, 'an array', value);
    return [];
  }

  result<T>(value: T): Decoded<T> {
    return this.#list.length === 0 ? { ok: true, value } : { ok: false, problems: this.#list };
  }
}

/** A string when present; `undefined` and `null` mean not given. */
export function optionalString(problems: Problems, value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : problems.string(value, field);
}
