import type { EncodedRows } from './driver.ts';
import { codecOf, type Codec, type RowValue } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';
import { StoreError } from './store-error.ts';

/** A table as its writer knows it: columns in order with their ClickHouse type as text, nested ones as `events.name`. */
export interface Table {
  /** Without database: inserts go to the driver's own. */
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
}

export type Row = Readonly<Record<string, RowValue>>;

interface Encoder {
  readonly columns: readonly string[];
  readonly codecs: readonly Codec[];
}

/** Built per table at first use. */
const ENCODERS: WeakMap<Table, Encoder> = new WeakMap();

function encoderOf(table: Table): Encoder {
  let encoder = ENCODERS.get(table);
  if (encoder === undefined) {
    encoder = { columns: Object.keys(table.columns), codecs: Object.values(table.columns).map(codecOf) };
    ENCODERS.set(table, encoder);
  }
  return encoder;
}

/**
 * Rows as RowBinary for `SqlDriver.insert`. Every column of the table must be there and no other.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export function encodeRows(table: Table, rows: readonly Row[], token: string): EncodedRows {
  const { columns, codecs } = encoderOf(table);
  const writer = new RowWriter();
  for (const [index, row] of rows.entries()) {
    let column = '';
    try {
      for (let i = 0; i < columns.length; i++) {
        column = columns[i] ?? '';
        const value = row[column];
        if (value === undefined) throw new TypeError('missing');
        codecs[i]?.(writer, value);
      }
    } catch (error) {
      throw invalid(table, index, column, error instanceof Error ? error.message : String(error));
    }
    const others = columnsOf(row) === columns.length ? [] : Object.keys(row);
    const unknown = others.find((name) => !columns.includes(name));
    if (unknown !== undefined) throw invalid(table, index, unknown, 'the table has no such column');
  }
  return { table: table.name, columns, bytes: writer.bytes(), rows: rows.length, token };
}

/** Counted without the array that `Object.keys` makes: this runs for every row. */
function columnsOf(row: Row): number {
  let count = 0;
  for (const _ in row) count++;
  return count;
}

function invalid(table: Table, row: number, column: string, problem: string): StoreError {
  return new StoreError('invalid_row', `${table.name} row ${row} column ${column}: ${problem}`);
}
