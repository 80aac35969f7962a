import { type ColumnCodec, columnCodecOf } from './column-codec.ts';
import type { RowWriter } from './row-writer.ts';

/** A table as its writer knows it: columns in order with their ClickHouse type as text, nested ones as `events.name`. */
export interface Table {
  /** Without database: inserts go to the driver's own. */
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
}

export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly codec: ColumnCodec;
}

/** Built per table at first use. */
const COLUMNS: WeakMap<Table, readonly TableColumn[]> = new WeakMap();

export function columnsOf(table: Table): readonly TableColumn[] {
  let columns = COLUMNS.get(table);
  if (columns === undefined) {
    columns = Object.entries(table.columns).map(([name, type]) => ({
      name,
      type,
      codec: columnCodecOf(type),
    }));
    COLUMNS.set(table, columns);
  }
  return columns;
}

/** Streams of which a piece consists, in the order in which they were written. */
export interface PieceLayout {
  readonly rows: number;
  /** Where it begins, in the writer. */
  readonly start: number;
  /** Columns that it has, as places in the table. */
  readonly columns: readonly number[];
  /** Where each stream of them ends, in the writer. */
  readonly ends: readonly number[];
}

/** Rows, columns, streams and all bytes of the piece: 4 bytes each, at its end. */
const FOOTER_BYTES = 16;
const COLUMN_BYTES = 2;
const END_BYTES = 4;

/**
 * Closes a piece: rows of one table, column by column, as they wait for being joined with others. Behind the streams stands
 * what there is, so that pieces can be told apart from behind: `streams · columns · ends · footer`.
 */
export function endPiece(writer: RowWriter, { rows, start, columns, ends }: PieceLayout): void {
  for (const column of columns) writer.integer(column, COLUMN_BYTES);
  for (const end of ends) writer.integer(end - start, END_BYTES);
  writer.integer(rows, 4);
  writer.integer(columns.length, 4);
  writer.integer(ends.length, 4);
  writer.integer(writer.size + 4 - start, 4);
}

/** A piece as it is read. */
export interface Piece {
  readonly rows: number;
  /** The bytes of each stream of a column; `undefined` when all its values are the default. */
  streamsOf(column: number): readonly Buffer[] | undefined;
}

/** The pieces that were written one after the other. */
export function piecesIn(table: Table, bytes: Uint8Array): Piece[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pieces: Piece[] = [];
  for (let end = all.length; end > 0;) {
    const start = end - all.readUInt32LE(end - 4);
    pieces.push(pieceIn(table, all.subarray(start, end)));
    end = start;
  }
  return pieces.reverse();
}

function pieceIn(table: Table, bytes: Buffer): Piece {
  const footer = bytes.length - FOOTER_BYTES;
  const [rows, columns, ends] = [0, 4, 8].map((at) => bytes.readUInt32LE(footer + at));
  if (rows === undefined || columns === undefined || ends === undefined) throw new Error('no footer');
  const endsAt = footer - ends * END_BYTES;
  const columnsAt = endsAt - columns * COLUMN_BYTES;
  const streams = new Map<number, readonly Buffer[]>();
  const list = columnsOf(table);
  let from = 0;
  let next = endsAt;
  for (let at = columnsAt; at < endsAt; at += COLUMN_BYTES) {
    const column = bytes.readUInt16LE(at);
    const of = (list[column]?.codec.streams ?? []).map(() => {
      const to = bytes.readUInt32LE(next);
      const stream = bytes.subarray(from, to);
      from = to;
      next += END_BYTES;
      return stream;
    });
    streams.set(column, of);
  }
  return { rows, streamsOf: (column) => streams.get(column) };
}
