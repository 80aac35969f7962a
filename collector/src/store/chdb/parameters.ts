const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['\0', '\\0'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

// oxlint-disable-next-line no-control-regex -- these are the bytes that must be escaped
const SPECIAL = /[\\'\0\b\f\n\r\t]/g;

/** Escaped as in TSV, the engine's form for bound parameters. */
export function escapeText(value: string): string {
  return value.replace(SPECIAL, (character) => ESCAPES.get(character) ?? character);
}

/**
 * A value for a `{name: Type}` placeholder in the text form of the engine, as the HTTP client of `@clickhouse/client`
 * writes it: strings bare at the top level and quoted inside arrays, `\N` for null, dates as Unix seconds.
 * @throws TypeError for values that have no such form.
 */
export function encodeParameter(value: unknown): string {
  if (value === null) return '\\N';
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  return encodeScalar(value) ?? encodeNested(value);
}

function encodeScalar(value: unknown): string | undefined {
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return 'nan';
    return Number.isFinite(value) ? String(value) : value > 0 ? '+inf' : '-inf';
  }
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Date) return unixSeconds(value);
  return undefined;
}

function encodeNested(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return `'${escapeText(value)}'`;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (Array.isArray(value)) return `[${value.map(encodeNested).join(',')}]`;
  const scalar = encodeScalar(value);
  if (scalar === undefined) throw new TypeError(`a ${typeof value} cannot be bound as a query parameter`);
  return scalar;
}

function unixSeconds(date: Date): string {
  const ms = date.getTime();
  if (Number.isNaN(ms)) throw new TypeError('an invalid Date cannot be bound as a query parameter');
  return `${Math.floor(ms / 1000)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}`;
}

/** All parameters of one query. */
export function encodeParameters(
  parameters: Readonly<Record<string, unknown>> | undefined,
): Record<string, string> {
  const encoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters ?? {})) encoded[name] = encodeParameter(value);
  return encoded;
}
