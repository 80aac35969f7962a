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

/** Codecs per table, built at first use. */
const CODECS: WeakMap<Table, ReadonlyMap<string, Codec>> = new WeakMap();

function codecsOf(table: Table): ReadonlyMap<string, Codec> {
  let codecs = CODECS.get(table);
  if (codecs === undefined) {
    codecs = new Map(Object.entries(table.columns).map(([column, type]) => [column, codecOf(type)]));
    CODECS.set(table, codecs);
  }
  return codecs;
}

/**
 * Rows as RowBinary for `SqlDriver.insert`. Every column of the table must be there and no other.
 * @throws StoreError `invalid_row`, naming table, row, column, value and what was expected.
 */
export function encodeRows(table: Table, rows: readonly Row[], token: string): EncodedRows {
  const codecs = codecsOf(table);
  const writer = new RowWriter();
  rows.forEach((row, index) => {
    for (const [column, codec] of codecs) {
      const value = row[column];
      if (value === undefined) throw invalid(table, index, column, 'missing');
      try {
        codec(writer, value);
      } catch (error) {
        throw invalid(table, index, column, error instanceof Error ? error.message : String(error));
      }
    }
    for (const column in row) {
      if (!codecs.has(column)) throw invalid(table, index, column, 'the table has no such column');
    }
  });
  return { table: table.name, columns: [...codecs.keys()], bytes: writer.bytes(), rows: rows.length, token };
}

function invalid(table: Table, row: number, column: string, problem: string): StoreError {
  return new StoreError('invalid_row', `${table.name} row ${row} column ${column}: ${problem}`);
}
