/** Numbers differ when they are further apart than this part of the larger one. */
export const RELATIVE_TOLERANCE = 1e-6;

/** Whether two texts are JSON of the same value: order of keys does not count, order of items does. */
export function sameJson(expected: string, output: string): boolean {
  const [left, right] = [parsed(expected), parsed(output)];
  return left !== undefined && right !== undefined && sameValue(left.value, right.value);
}

const FENCED = /^```(?:json)?\s*([\s\S]*?)\s*```$/;

function parsed(text: string): { readonly value: unknown } | undefined {
  const trimmed = text.trim();
  try {
    return { value: JSON.parse(FENCED.exec(trimmed)?.[1] ?? trimmed) };
  } catch {
    return undefined;
  }
}

function sameValue(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return sameNumber(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
  }
  if (isRecord(a) && isRecord(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  return a === b;
}

function sameNumber(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
