export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers stand right. */
  readonly right?: boolean;
}

/** Widest table when the output is not a terminal, characters. */
const WIDTH_DEFAULT = 120;
const GAP = '  ';
const LAST_COLUMN_MIN = 20;

/** Rows under titles. The last column is cut to the width that is left; the others are as wide as their widest cell. */
export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number = WIDTH_DEFAULT,
): string {
  const lines = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => oneLine(value(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => (cells[index] ?? '').length)));
  const before = widths.slice(0, -1).reduce((sum, cell) => sum + cell + GAP.length, 0);
  const lastMax = Math.max(width - before, LAST_COLUMN_MIN);
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => {
          if (index === cells.length - 1) return cut(cell, lastMax);
          return columns[index]?.right === true
            ? cell.padStart(widths[index] ?? 0)
            : cell.padEnd(widths[index] ?? 0);
        })
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

export function cut(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax - 1)}…` : text;
}

/** What came from agents and models must not steer the terminal: control characters become spaces. */
function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

/** Text without characters that steer a terminal; line feeds and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(STEERING, ' ');
}

// oxlint-disable-next-line no-control-regex
const STEERING = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069]/g;
