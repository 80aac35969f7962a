import type { Batch } from '../records.ts';
import { BUFFERS } from './buffer-pool.ts';
import { type PieceEncoder, pieceEncoder, type Table } from './encode-rows.ts';
import { type EncodedBytes, RowWriter } from './row-writer.ts';
import { LOG_COLUMNS, OUTCOME_COLUMNS, SPAN_COLUMNS } from './rows.ts';
import { headsOf, type RunHeads } from './run-heads.ts';
import type { PreparedBatch } from './store.ts';
import { StoreError } from './store-error.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';

/** More partitions than this in one insert are refused by the engine; a partition is a day. */
export const PARTITIONS_PER_INSERT_MAX = 100;
const NANOS_PER_PERIOD: bigint = BigInt(PARTITIONS_PER_INSERT_MAX) * 86_400_000_000_000n;
/** Writers kept for the next batch; nearly every batch needs one. */
const WRITERS_KEPT_MAX = 4;

/** Pieces of one table, in one period of {@link PARTITIONS_PER_INSERT_MAX} days. */
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

const encodeSpans = pieceEncoder(SPANS, SPAN_COLUMNS);
const encodeLogs = pieceEncoder(LOGS, LOG_COLUMNS);
const encodeOutcomes = pieceEncoder(OUTCOMES, OUTCOME_COLUMNS);

/** Takes one batch after the other, so that they can be made one after the other. @throws StoreError `invalid_row`. */
export function prepareBatches(batches: Iterable<Batch>): EncodedBatch {
  const parts = new Parts();
  for (const { spans, logs, outcomes } of batches) {
    parts.add(OUTCOMES, encodeOutcomes, outcomes, () => 0n);
    parts.add(LOGS, encodeLogs, logs, (log) => log.timeUnixNano);
    parts.add(SPANS, encodeSpans, spans, (span) => span.startUnixNano, headsOf);
  }
  return new EncodedBatch(parts.finish());
}

interface Open {
  readonly table: Table;
  readonly period: number;
  readonly writer: RowWriter;
  readonly heads: RunHeads[];
  rows: number;
}

class Parts {
  readonly #open: Open[] = [];

  add<Item>(
    table: Table,
    encode: PieceEncoder<Item>,
    items: readonly Item[],
    unixNanoOf: (item: Item) => bigint,
    headsIn: (items: readonly Item[]) => readonly RunHeads[] = () => [],
  ): void {
    for (const [period, together] of byPeriod(items, unixNanoOf)) {
      const part = this.#partOf(table, period);
      encode(part.writer, together);
      part.heads.push(...headsIn(together));
      part.rows += together.length;
    }
  }

  #partOf(table: Table, period: number): Open {
    let part = this.#open.find((open) => open.table === table && open.period === period);
    if (part === undefined) {
      part = { table, period, writer: WRITERS.pop() ?? new RowWriter(), heads: [], rows: 0 };
      this.#open.push(part);
    }
    return part;
  }

  finish(): Part[] {
    return this.#open.map(({ table, period, writer, heads, rows }) => {
      const encoded = writer.moveTo((bytes) => BUFFERS.take(bytes));
      if (WRITERS.length < WRITERS_KEPT_MAX) WRITERS.push(writer);
      return { table, period, rows, heads, ...encoded };
    });
  }
}

/** Nearly always one period, so that one look at each item suffices. */
function byPeriod<Item>(
  items: readonly Item[],
  unixNanoOf: (item: Item) => bigint,
): (readonly [number, readonly Item[]])[] {
  const [first] = items;
  if (first === undefined) return [];
  const period = unixNanoOf(first) / NANOS_PER_PERIOD;
  const [from, to] = [period * NANOS_PER_PERIOD, (period + 1n) * NANOS_PER_PERIOD];
  const isOne = items.every((item) => unixNanoOf(item) >= from && unixNanoOf(item) < to);
  if (isOne) return [[Number(period), items]];
  return [...Map.groupBy(items, (item) => Number(unixNanoOf(item) / NANOS_PER_PERIOD))];
}
