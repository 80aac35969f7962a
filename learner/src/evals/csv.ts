export interface CsvRow {
  /** Line of the file it starts on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export type ParsedCsv =
  | { readonly ok: true; readonly rows: readonly CsvRow[] }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/**
 * Comma-separated values as RFC 4180 has them: quotes around cells with commas, quotes or line breaks; a quote in a
 * quoted cell is doubled. Blank lines are left out.
 */
export function parseCsv(text: string): ParsedCsv {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let rowLine = 1;
  /** `start` of a cell, `plain` or `quoted` text in it, `closed` after its end quote. */
  let state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';

  const endCell = (): void => {
    cells.push(cell);
    cell = '';
    state = 'start';
  };
  const endRow = (): void => {
    endCell();
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: rowLine, cells });
    cells = [];
  };

  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (state === 'quoted') {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else if (character === '"') state = 'closed';
      else {
        if (character === '\n') line += 1;
        cell += character;
      }
    } else if (character === ',') endCell();
    else if (character === '\n') {
      endRow();
      line += 1;
      rowLine = line;
    } else if (character === '\r' && (text[at + 1] === '\n' || at + 1 === text.length)) continue;
    else if (state === 'closed')
      return { ok: false, line, problem: 'expected a comma after the closing quote' };
    else if (character === '"' && state === 'start') state = 'quoted';
    else {
      cell += character;
      state = 'plain';
    }
  }
  if (state === 'quoted') return { ok: false, line: rowLine, problem: 'a quoted cell is never closed' };
  if (cell !== '' || cells.length > 0) endRow();
  return { ok: true, rows };
}
