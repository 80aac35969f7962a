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

/** What stands in each column of a record's row. */
export type Columns<Item> = Readonly<Record<string, (item: Item) => RowValue>>;

/**
 * Writes one record as a row.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export type RowEncoder<Item> = (writer: RowWriter, item: Item, index: number) => void;

interface Column<Item> {
  readonly name: string;
  readonly codec: Codec;
  readonly valueOf: (item: Item) => RowValue;
}

/**
 * The encoder of one kind of record, without an object per row in between.
 * @throws StoreError `invalid_row` when `columns` are not those of the table.
 */
export function rowEncoder<Item>(table: Table, columns: Columns<Item>): RowEncoder<Item> {
  const list = Object.entries(table.columns).map(([name, type]): Column<Item> => {
    const valueOf = columns[name];
    if (valueOf === undefined) throw invalid(table, 0, name, 'missing');
    return { name, codec: codecOf(type), valueOf };
  });
  const unknown = Object.keys(columns).find((name) => !(name in table.columns));
  if (unknown !== undefined) throw invalid(table, 0, unknown, 'the table has no such column');
  return (writer, item, index) => {
    let name = '';
    try {
      for (const column of list) {
        name = column.name;
        column.codec(writer, column.valueOf(item));
      }
    } catch (error) {
      throw invalid(table, index, name, error instanceof Error ? error.message : String(error));
    }
  };
}

/** Built per table at first use. */
const ENCODERS: WeakMap<Table, RowEncoder<Row>> = new WeakMap();

function encoderOf(table: Table): RowEncoder<Row> {
  let encoder = ENCODERS.get(table);
  if (encoder === undefined) {
    const cells = Object.keys(table.columns).map((name) => [name, (row: Row): RowValue => cell(row, name)]);
    encoder = rowEncoder<Row>(table, Object.fromEntries(cells));
    ENCODERS.set(table, encoder);
  }
  return encoder;
}

function cell(row: Row, name: string): RowValue {
  const value = row[name];
  if (value === undefined) throw new TypeError('missing');
  return value;
}

/**
 * Rows as RowBinary for `SqlDriver.insert`. Every column of the table must be there and no other.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export function encodeRows(table: Table, rows: readonly Row[], token: string): EncodedRows {
  for (const [index, row] of rows.entries())
    for (const name in row)
      if (!(name in table.columns)) throw invalid(table, index, name, 'the table has no such column');
  const encode = encoderOf(table);
  const writer = new RowWriter();
  for (const [index, row] of rows.entries()) encode(writer, row, index);
  return encodedRows(table, [writer.bytes()], rows.length, token);
}

/** Encoded rows, whole ones per chunk, as one insert. */
export function encodedRows(
  table: Table,
  chunks: readonly Uint8Array[],
  rows: number,
  token: string,
): EncodedRows {
  return { table: table.name, columns: Object.keys(table.columns), chunks, rows, token };
}

function invalid(table: Table, row: number, column: string, problem: string): StoreError {
  return new StoreError('invalid_row', `${table.name} row ${row} column ${column}: ${problem}`);
}
