import type { Stream } from './column-codec.ts';
import { DICTIONARY_VERSION, JoinedDictionary } from './join-dictionaries.ts';
import { columnsOf, piecesIn, type Table } from './piece.ts';
import { RowWriter } from './row-writer.ts';

/** Streams from this size on are handed over as they are, smaller ones are gathered, bytes. */
const LARGE_BYTES_MIN = 32_768;

/**
 * Pieces of one table as one block in ClickHouse's format Native, in chunks that follow each other. Each block costs the
 * engine half a millisecond and 200 KiB, so that an insert had better be one. Columns in which every value is the default are
 * left out; in `spans` half of them are.
 */
export function joinPieces(table: Table, bytes: readonly Uint8Array[]): Uint8Array[] {
  const pieces = bytes.flatMap((some) => piecesIn(table, some));
  const block = new Chunks();
  const columns = columnsOf(table)
    .map((column, index) => ({ ...column, parts: pieces.map((piece) => piece.streamsOf(index)) }))
    // A block without columns would be one without rows.
    .filter(({ parts }, index) => index === 0 || parts.some((part) => part !== undefined));
  block.writer.length(columns.length);
  block.writer.length(pieces.reduce((sum, { rows }) => sum + rows, 0));
  for (const { name, type, codec, parts } of columns) {
    block.writer.text(name);
    block.writer.text(type);
    for (const { kind } of codec.streams) if (kind === 'dictionary') block.writer.count64(DICTIONARY_VERSION);
    for (const [index, stream] of codec.streams.entries())
      joinStreams(
        block,
        stream,
        pieces.map(({ rows }, piece): Part => ({ rows, bytes: parts[piece]?.[index] })),
      );
  }
  return block.finish();
}

/** A stream of one piece. */
interface Part {
  /** Of the piece. */
  readonly rows: number;
  /** `undefined` when all its values are the default. */
  readonly bytes: Buffer | undefined;
}

function joinStreams(block: Chunks, stream: Stream, parts: readonly Part[]): void {
  if (stream.kind === 'plain') joinValues(block, stream, parts);
  else if (stream.kind === 'ends') joinEnds(block.writer, stream, parts);
  else {
    const dictionary = new JoinedDictionary();
    for (const { rows, bytes } of parts) {
      if (bytes !== undefined) dictionary.add(bytes);
      else if (!stream.isNested) dictionary.addEmpty(rows);
    }
    dictionary.writeTo(block.writer);
  }
}

function joinValues(block: Chunks, { isNested, fill, width }: Stream, parts: readonly Part[]): void {
  for (const { rows, bytes } of parts) {
    if (bytes !== undefined) block.add(bytes);
    else if (!isNested) block.writer.fill(fill, rows * width);
  }
}

/** Counts go on from piece to piece. */
function joinEnds(writer: RowWriter, { isNested, width }: Stream, parts: readonly Part[]): void {
  let before = 0;
  for (const { rows, bytes } of parts) {
    if (bytes !== undefined) {
      let end = before;
      for (let at = 0; at < bytes.length; at += width) {
        end = before + bytes.readUInt32LE(at);
        writer.count64(end);
      }
      before = end;
    } else if (!isNested) for (let row = 0; row < rows; row += 1) writer.count64(before);
  }
}

/** Used again by every block, of which only one is made at a time: growing anew costs memory of several times its size. */
const WRITER = new RowWriter();

/** A block as it grows. */
class Chunks {
  readonly writer: RowWriter = WRITER;
  readonly #chunks: Uint8Array[] = [];

  constructor() {
    // The one before may have ended in an error.
    this.writer.clear();
  }

  add(bytes: Uint8Array): void {
    if (bytes.length < LARGE_BYTES_MIN) {
      this.writer.append(bytes);
      return;
    }
    this.#cut();
    this.#chunks.push(bytes);
  }

  finish(): Uint8Array[] {
    this.#cut();
    return this.#chunks;
  }

  #cut(): void {
    if (this.writer.size > 0) this.#chunks.push(this.writer.moveTo((size) => Buffer.allocUnsafe(size)).bytes);
  }
}
