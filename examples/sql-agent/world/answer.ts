import type { Rows } from './database.ts';

/** Decimal places that count when answers are compared. */
const DECIMALS = 4;

/** Canonical JSON of result rows: the form in which answers are given, expected and compared. */
export function answerOf(rows: Rows): string {
  return JSON.stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'number' ? Number(cell.toFixed(DECIMALS)) : cell))),
  );
}
