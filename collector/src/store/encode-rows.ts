import { setImmediate } from 'node:timers/promises';
import type { EncodedRows } from './driver.ts';
import { joinPieces } from './join-pieces.ts';
import { columnsOf, endPiece, type Table, type TableColumn } from './piece.ts';
import type { RowValue } from './row-codec.ts';
import { RowWriter } from './row-writer.ts';
import { StoreError } from './store-error.ts';

export type { Table } from './piece.ts';

/** Rows that are encoded without a pause: a millisecond's work at most. */
const TURN_ROWS = 32;

export type Row = Readonly<Record<string, RowValue>>;

/** What stands in each column of a record's row. */
export type Columns<Item> = Readonly<Record<string, (item: Item) => RowValue>>;

/**
 * Writes records as one piece, column by column; columns in which every value is the default are left out.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export type PieceEncoder<Item> = (writer: RowWriter, items: readonly Item[]) => void;

interface Column<Item> extends TableColumn {
  readonly valueOf: (item: Item) => RowValue;
}

/**
 * The encoder of one kind of record, without an object per row in between.
 * @throws StoreError `invalid_row` when `columns` are not those of the table.
 */
export function pieceEncoder<Item>(table: Table, columns: Columns<Item>): PieceEncoder<Item> {
  const list = columnsOf(table).map((column): Column<Item> => {
    const valueOf = columns[column.name];
    if (valueOf === undefined) throw invalid(table, 0, column.name, 'missing');
    return { ...column, valueOf };
  });
  const unknown = Object.keys(columns).find((name) => !(name in table.columns));
  if (unknown !== undefined) throw invalid(table, 0, unknown, 'the table has no such column');
  // For one column after the other, piece after piece: 62 arrays per piece are work for the garbage collector.
  const values: RowValue[] = [];
  return (writer, items) => {
    const layout = { rows: items.length, start: writer.size, columns: [] as number[], ends: [] as number[] };
    try {
      for (let index = 0; index < list.length; index += 1) {
        const column = list[index];
        if (column === undefined || !readColumn(column, items, values)) continue;
        layout.columns.push(index);
        column.codec.write(writer, values, layout.ends);
      }
    } catch (error) {
      throw culpritOf(table, list, items) ?? error;
    }
    endPiece(writer, layout);
  };
}

/** Puts the values of one column into `values`; false when all are the default. */
function readColumn<Item>(
  { codec, valueOf }: Column<Item>,
  items: readonly Item[],
  values: RowValue[],
): boolean {
  let isNeeded = false;
  values.length = 0;
  for (const item of items) {
    const value = valueOf(item);
    values.push(value);
    isNeeded ||= !codec.isDefault(value);
  }
  return isNeeded;
}

/** The first value that cannot be encoded: encoding by columns does not know rows. */
function culpritOf<Item>(
  table: Table,
  columns: readonly Column<Item>[],
  items: readonly Item[],
): StoreError | undefined {
  const writer = new RowWriter();
  for (const [row, item] of items.entries()) {
    for (const { name, codec, valueOf } of columns) {
      try {
        codec.write(writer, [valueOf(item)], []);
      } catch (error) {
        return invalid(table, row, name, error instanceof Error ? error.message : String(error));
      }
    }
    writer.clear();
  }
  return undefined;
}

/** Built per table at first use. */
const ENCODERS: WeakMap<Table, PieceEncoder<Row>> = new WeakMap();

function encoderOf(table: Table): PieceEncoder<Row> {
  let encoder = ENCODERS.get(table);
  if (encoder === undefined) {
    const cells = Object.keys(table.columns).map((name) => [name, (row: Row): RowValue => cell(row, name)]);
    encoder = pieceEncoder<Row>(table, Object.fromEntries(cells));
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
 * Rows for `SqlDriver.insert`. Every column of the table must be there and no other.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export function encodeRows(table: Table, rows: readonly Row[], token: string): EncodedRows {
  return joinedRows(table, [pieceOf(table, rows)], rows.length, token);
}

/**
 * The same for callers that must not keep others waiting: portions of rows, and everybody else's turn after each.
 * @throws StoreError as {@link encodeRows}; its row counts from the beginning of a portion.
 */
export async function encodeRowsInTurns(
  table: Table,
  rows: readonly Row[],
  token: string,
): Promise<EncodedRows> {
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += TURN_ROWS) {
    pieces.push(pieceOf(table, rows.slice(from, from + TURN_ROWS)));
    await setImmediate();
  }
  return joinedRows(table, pieces, rows.length, token);
}

function pieceOf(table: Table, rows: readonly Row[]): Uint8Array {
  for (const [index, row] of rows.entries())
    for (const name in row)
      if (!(name in table.columns)) throw invalid(table, index, name, 'the table has no such column');
  const writer = new RowWriter();
  encoderOf(table)(writer, rows);
  return writer.bytes();
}

/** Pieces of a table as one insert. */
export function joinedRows(
  table: Table,
  pieces: readonly Uint8Array[],
  rows: number,
  token: string,
): EncodedRows {
  return {
    table: table.name,
    columns: Object.keys(table.columns),
    chunks: joinPieces(table, pieces),
    rows,
    token,
  };
}

function invalid(table: Table, row: number, column: string, problem: string): StoreError {
  return new StoreError('invalid_row', `${table.name} row ${row} column ${column}: ${problem}`);
}
