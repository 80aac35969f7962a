/** Reads fields of answers whose shape the service promises; a broken promise names the field. */
export type Json = Readonly<Record<string, unknown>>;

export function jsonRecord(value: unknown, field: string): Json {
  if (isJson(value)) return value;
  throw new Error(`${field}: expected a JSON object, got ${JSON.stringify(value)}`);
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(record: Json, field: string): string {
  const value = record[field];
  if (typeof value === 'string') return value;
  throw new Error(`${field}: expected text, got ${JSON.stringify(value)}`);
}

export function numberOf(record: Json, field: string): number {
  const value = record[field];
  if (typeof value === 'number') return value;
  throw new Error(`${field}: expected a number, got ${JSON.stringify(value)}`);
}

export function listOf(record: Json, field: string): readonly unknown[] {
  const value = record[field];
  if (Array.isArray(value)) return value;
  throw new Error(`${field}: expected a list, got ${JSON.stringify(value)}`);
}

export function recordsOf(record: Json, field: string): readonly Json[] {
  return listOf(record, field).map((item, index) => jsonRecord(item, `${field}[${index}]`));
}
