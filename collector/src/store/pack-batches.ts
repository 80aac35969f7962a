import type { Table } from './encode-rows.ts';
import { EncodedBatch, type Part } from './prepare-batches.ts';
import type { PreparedBatch } from './store.ts';
import { StoreError } from './store-error.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';
import { encodedBatches } from './write-batch.ts';

/** Bytes in front: the length of the header, little endian. */
const LENGTH_BYTES = 4;

/** What stands before the rows, as JSON. */
interface Header {
  /** Tables of the rows with the columns they had: rows have no names in them. */
  readonly tables: readonly { readonly name: string; readonly columns: Readonly<Record<string, string>> }[];
  /** One list of parts per batch, in the order of their rows. */
  readonly batches: readonly (readonly PackedPart[])[];
}

interface PackedPart {
  /** Index into `tables`. */
  readonly table: number;
  readonly period: number;
  readonly rows: number;
  readonly bytes: number;
}

/** `length of the header · header · rows of each part`. The rows are not copied. */
export function packBatches(batches: readonly PreparedBatch[]): readonly Uint8Array[] {
  const tables: Table[] = [];
  const chunks: Uint8Array[] = [];
  const header: Header = {
    tables,
    batches: encodedBatches(batches).map(({ parts }) =>
      parts.map(({ table, period, rows, bytes }) => {
        if (!tables.includes(table)) tables.push(table);
        chunks.push(bytes);
        return { table: tables.indexOf(table), period, rows, bytes: bytes.length };
      }),
    ),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(text.length);
  return [length, text, ...chunks];
}

/** The caller has made sure that these are the bytes that were packed. */
export function unpackBatches(bytes: Uint8Array): readonly EncodedBatch[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = LENGTH_BYTES + buffer.readUInt32LE(0);
  const header: Header = JSON.parse(buffer.toString('utf8', LENGTH_BYTES, at));
  const tables = header.tables.map(tableOf);
  return header.batches.map((parts) => {
    const unpacked = parts.map((packed): Part => {
      const table = tables[packed.table];
      if (table === undefined)
        throw new StoreError('invalid_row', `no table ${packed.table} in a packed batch`);
      const rows = buffer.subarray(at, (at += packed.bytes));
      return { table, period: packed.period, rows: packed.rows, heads: [], buffer: rows, bytes: rows };
    });
    return new EncodedBatch(unpacked);
  });
}

/** Columns that came later get their default; one that is gone or has another type would take the rows for something else. */
function tableOf(packed: Header['tables'][number]): Table {
  const table = [SPANS, LOGS, OUTCOMES].find(({ name }) => name === packed.name);
  if (table === undefined) throw changed(packed.name, 'the table is gone');
  for (const [name, type] of Object.entries(packed.columns)) {
    const now = table.columns[name];
    if (now !== type) throw changed(`${packed.name}.${name}`, `it was ${type} and is ${now ?? 'gone'}`);
  }
  return packed;
}

function changed(what: string, problem: string): StoreError {
  return new StoreError(
    'newer_database',
    `rows of another version: ${what}: ${problem}; start the version that wrote them once more, so that it stores them`,
  );
}
