/**
 * A record that this program wrote as JSON. Only its shape's marks are checked: the rows are ours, and later versions add
 * fields but never change them.
 *
 * @throws TypeError when the text is not such a record
 */
export function storedRecord<T extends object>(
  json: string,
  what: string,
  marks: readonly (keyof T & string)[],
): T {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || marks.some((mark) => !(mark in value))) {
    throw new TypeError(
      `stored ${what}: expected a record with ${marks.join(', ')}, got ${json.slice(0, 80)}`,
    );
  }
  return value as T;
}
