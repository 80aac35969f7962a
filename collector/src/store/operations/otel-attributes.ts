/** Attributes of a row: texts by name from a map, or the nested object of a JSON column. */
export type Attributes = Readonly<Record<string, unknown>>;
/** Type of each path of a JSON column, dots between its parts; empty for maps. */
export type Types = Readonly<Record<string, string>>;

/** `KeyValue` in the JSON form of OTLP. */
export interface KeyValue {
  readonly key: string;
  readonly value: AnyValue;
}
type AnyValue = Readonly<Record<string, unknown>>;

/** A map's values are texts, whatever they were; a JSON column knows their types. */
export function keyValues(attributes: Attributes, types: Types): KeyValue[] {
  const paths = Object.entries(types);
  if (paths.length === 0)
    return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value, 'String') }));
  return paths.map(([key, type]) => ({ key, value: anyValue(valueAt(attributes, key), type) }));
}

/** The engine nests what had dots in its name. */
function valueAt(attributes: Attributes, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, part) => (isObject(value) ? value[part] : undefined), attributes);
}

/** The engine quotes 64-bit integers, so that none is rounded: its type says what was a number. */
function anyValue(value: unknown, type: string): AnyValue {
  const inner = /^(?:Nullable|LowCardinality|Array|Dynamic)\((.*)\)$/.exec(type)?.[1] ?? 'String';
  if (value === null || value === undefined) return {};
  if (type.startsWith('Nullable(') || type.startsWith('LowCardinality(')) return anyValue(value, inner);
  if (Array.isArray(value))
    return { arrayValue: { values: value.map((item: unknown) => anyValue(item, inner)) } };
  if (/^U?Int\d+$/.test(type)) return { intValue: value };
  if (typeof value === 'number') return { doubleValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
