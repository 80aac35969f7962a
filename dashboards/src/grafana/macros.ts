/**
 * What Grafana and the ClickHouse plugin do to a panel's SQL before it reaches the engine, from the plugin's
 * documentation: `$__conditionalAll`, then variables, then the backend's macros. Only the macros our panels may use.
 */
export interface MacroContext {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
  readonly intervalMs: number;
  /** `$__all` stands for All; a list for a multi-value variable. */
  readonly variables: Readonly<Record<string, string | readonly string[]>>;
}

export function expandMacros(sql: string, context: MacroContext): string {
  const withConditions = expandConditionalAll(sql, context);
  const withVariables = interpolate(withConditions, context);
  const expanded = expandBackendMacros(withVariables, context);
  const left = /\$__\w+|\$\{\w+/.exec(expanded);
  if (left) throw new Error(`unknown macro or variable ${left[0]} in: ${sql}`);
  return expanded;
}

const ALL = '$__all';

/** `$__conditionalAll(condition, $v)`: the condition, or `1=1` when v is empty or All. The last call first. */
function expandConditionalAll(sql: string, { variables }: MacroContext): string {
  const name = '$__conditionalAll(';
  let text = sql;
  for (let at = text.lastIndexOf(name); at >= 0; at = text.lastIndexOf(name)) {
    const end = closingParenthesis(text, at + name.length);
    const inside = text.slice(at + name.length, end);
    const comma = inside.lastIndexOf(',');
    const variable = inside
      .slice(comma + 1)
      .trim()
      .slice(1);
    const value = variables[variable];
    if (value === undefined) throw new Error(`unknown variable $${variable} in: ${sql}`);
    const all =
      value === '' || value === ALL || (Array.isArray(value) && (value.length === 0 || value.includes(ALL)));
    text = `${text.slice(0, at)}${all ? '1=1' : inside.slice(0, comma)}${text.slice(end + 1)}`;
  }
  return text;
}

function closingParenthesis(text: string, from: number): number {
  let depth = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text[index] === '(') depth += 1;
    if (text[index] === ')') depth -= 1;
    if (depth === 0) return index;
  }
  throw new Error(`unclosed parenthesis in: ${text}`);
}

/** Grafana's own formatters; its singlequote escapes apostrophes only, which is why free text goes percent-encoded. */
function interpolate(sql: string, { variables }: MacroContext): string {
  return sql.replaceAll(/\$\{(\w+):(\w+)\}/g, (whole, name: string, format: string) => {
    const value = variables[name];
    if (value === undefined) throw new Error(`unknown variable ${whole} in: ${sql}`);
    const values = typeof value === 'string' ? [value] : value;
    if (format === 'singlequote')
      return values.map((one) => `'${one.replaceAll("'", String.raw`\'`)}'`).join(',');
    if (format === 'percentencode') return values.map(percentEncode).join(',');
    throw new Error(`format ${format} is not used by our dashboards: ${whole}`);
  });
}

function percentEncode(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function expandBackendMacros(sql: string, { from, to, intervalMs }: MacroContext): string {
  const fromSeconds = Math.floor(from / 1000);
  const toSeconds = Math.floor(to / 1000);
  const intervalSeconds = Math.max(1, Math.floor(intervalMs / 1000));
  return sql
    .replaceAll(
      /\$__timeFilter\(([^()]+)\)/g,
      (_, column: string) =>
        `${column} >= toDateTime(${fromSeconds}) AND ${column} <= toDateTime(${toSeconds})`,
    )
    .replaceAll(
      /\$__timeInterval\(([^()]+)\)/g,
      (_, column: string) => `toStartOfInterval(toDateTime(${column}), INTERVAL ${intervalSeconds} second)`,
    );
}
