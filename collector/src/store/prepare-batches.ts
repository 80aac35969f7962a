import type { Batch, SpanRecord } from '../records.ts';
import { BUFFERS } from './buffer-pool.ts';
import { rowEncoder, type RowEncoder, type Table } from './encode-rows.ts';
import { type EncodedBytes, RowWriter } from './row-writer.ts';
import { LOG_COLUMNS, OUTCOME_COLUMNS } from './rows.ts';
import { HeadPlaces, type RunHeads } from './run-heads.ts';
import { encodeSpanContent, encodeSpanHead } from './span-head.ts';
import type { PreparedBatch } from './store.ts';
import { StoreError } from './store-error.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';

/** More partitions than this in one insert are refused by the engine; a partition is a day. */
export const PARTITIONS_PER_INSERT_MAX = 100;
const NANOS_PER_PERIOD: bigint = BigInt(PARTITIONS_PER_INSERT_MAX) * 86_400_000_000_000n;
/** Writers kept for the next batch; nearly every batch needs one. */
const WRITERS_KEPT_MAX = 4;

/** Rows of one batch for one table, in one period of {@link PARTITIONS_PER_INSERT_MAX} days. */
export interface Part extends EncodedBytes {
  readonly table: Table;
  readonly period: number;
  readonly rows: number;
  /** What the rows of runs are made from; none when the rows come from a file. */
  readonly heads: readonly RunHeads[];
}

const WRITERS: RowWriter[] = [];

/** Batches as bytes: what waits for a commit is then outside the JavaScript heap, where nothing has to look at it again. */
export class EncodedBatch implements PreparedBatch {
  readonly rows: number;
  readonly bytes: number;
  #parts: readonly Part[] | undefined;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
    this.rows = parts.reduce((sum, part) => sum + part.rows, 0);
    this.bytes = parts.reduce((sum, part) => sum + part.bytes.length + headBytes(part), 0);
  }

  get parts(): readonly Part[] {
    if (this.#parts === undefined) throw new StoreError('invalid_row', 'this batch was already written');
    return this.#parts;
  }

  /** It is stored: its memory is for others. One that could not be stored may be tried again and keeps its own. */
  written(): void {
    for (const { buffer } of this.#parts ?? []) BUFFERS.give(buffer);
    this.#parts = undefined;
  }
}

function headBytes({ heads }: Part): number {
  return heads.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

const encodeLog = rowEncoder(LOGS, LOG_COLUMNS);
const encodeOutcome = rowEncoder(OUTCOMES, OUTCOME_COLUMNS);

/** Takes one batch after the other, so that they can be made one after the other. @throws StoreError `invalid_row`. */
export function prepareBatches(batches: Iterable<Batch>): EncodedBatch {
  const parts = new Parts();
  for (const { spans, logs, outcomes } of batches) {
    for (const outcome of outcomes) parts.add(OUTCOMES, encodeOutcome, outcome, 0n);
    for (const log of logs) parts.add(LOGS, encodeLog, log, log.timeUnixNano);
    for (const span of spans) parts.addSpan(span);
  }
  return new EncodedBatch(parts.finish());
}

interface Open {
  readonly table: Table;
  readonly period: number;
  readonly writer: RowWriter;
  readonly heads: HeadPlaces;
  rows: number;
}

class Parts {
  readonly #open: Open[] = [];

  add<Item>(table: Table, encode: RowEncoder<Item>, item: Item, unixNano: bigint): void {
    const part = this.#partOf(table, Number(unixNano / NANOS_PER_PERIOD));
    encode(part.writer, item, part.rows);
    part.rows += 1;
  }

  addSpan(span: SpanRecord): void {
    const part = this.#partOf(SPANS, Number(span.startUnixNano / NANOS_PER_PERIOD));
    const { writer, heads, rows } = part;
    const from = writer.size;
    encodeSpanHead(writer, span, rows);
    heads.add(span, from, writer.size);
    encodeSpanContent(writer, span, rows);
    part.rows += 1;
  }

  #partOf(table: Table, period: number): Open {
    let part = this.#open.find((open) => open.table === table && open.period === period);
    if (part === undefined) {
      const writer = WRITERS.pop() ?? new RowWriter();
      part = { table, period, writer, heads: new HeadPlaces(), rows: 0 };
      this.#open.push(part);
    }
    return part;
  }

  finish(): Part[] {
    return this.#open.map(({ table, period, writer, heads: places, rows }) => {
      const heads = places.copiedFrom(writer.bytes());
      const encoded = writer.moveTo((bytes) => BUFFERS.take(bytes));
      if (WRITERS.length < WRITERS_KEPT_MAX) WRITERS.push(writer);
      return { table, period, rows, heads, ...encoded };
    });
  }
}
