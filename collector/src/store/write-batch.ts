import type { Batch } from '../records.ts';
import type { SqlDriver } from './driver.ts';
import { encodedRows, rowEncoder, type RowEncoder, type Table } from './encode-rows.ts';
import { LOG_COLUMNS, OUTCOME_COLUMNS, SPAN_COLUMNS } from './rows.ts';
import type { PreparedBatch } from './store.ts';
import { StoreError } from './store-error.ts';
import { LOGS, OUTCOMES, SPANS } from './tables.ts';

/** More partitions than this in one insert are refused by the engine. */
export const PARTITIONS_PER_INSERT_MAX = 100;
const NANOS_PER_DAY = 86_400_000_000_000n;

/** Rows of one batch for one table. */
interface Part {
  readonly table: Table;
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Days since 1970 that the rows lie in; none where the table has no partitions. */
  readonly days: ReadonlySet<number>;
}

/** A batch as bytes: what waits for a commit is then outside the JavaScript heap, where nothing has to look at it again. */
class EncodedBatch implements PreparedBatch {
  readonly rows: number;
  readonly parts: readonly Part[];

  constructor(parts: readonly Part[]) {
    this.parts = parts;
    this.rows = parts.reduce((sum, part) => sum + part.rows, 0);
  }
}

const encodeSpans = rowEncoder(SPANS, SPAN_COLUMNS);
const encodeLogs = rowEncoder(LOGS, LOG_COLUMNS);
const encodeOutcomes = rowEncoder(OUTCOMES, OUTCOME_COLUMNS);

/** @throws StoreError `invalid_row`. */
export function prepareBatch(batch: Batch): PreparedBatch {
  return new EncodedBatch([
    ...partsOf(OUTCOMES, [{ items: batch.outcomes, days: new Set() }], encodeOutcomes),
    ...partsOf(
      LOGS,
      byDay(batch.logs, (log) => log.timeUnixNano),
      encodeLogs,
    ),
    ...partsOf(
      SPANS,
      byDay(batch.spans, (span) => span.startUnixNano),
      encodeSpans,
    ),
  ]);
}

/**
 * Stores batches together, table by table. Every insert has its own token made from the given one, so that a retry after a
 * failure half-way completes what is missing and repeats nothing. Outcomes first and spans last: what makes a run visible
 * comes after what belongs to it.
 */
export async function writePrepared(
  driver: SqlDriver,
  batches: readonly PreparedBatch[],
  token: string,
): Promise<void> {
  const parts = batches.flatMap((batch) => {
    if (batch instanceof EncodedBatch) return batch.parts;
    throw new StoreError('invalid_row', 'expected a batch that this store has prepared');
  });
  for (const table of [OUTCOMES, LOGS, SPANS]) {
    const inserts = insertsOf(parts.filter((part) => part.table === table));
    for (const [index, insert] of inserts.entries()) {
      const chunks = insert.map((part) => part.bytes);
      const rows = insert.reduce((sum, part) => sum + part.rows, 0);
      await driver.insert(encodedRows(table, chunks, rows, `${token}:${index}`));
    }
  }
}

interface Group<Item> {
  readonly items: readonly Item[];
  readonly days: ReadonlySet<number>;
}

function partsOf<Item>(table: Table, groups: readonly Group<Item>[], encode: RowEncoder<Item>): Part[] {
  return groups.flatMap(({ items, days }) =>
    items.length === 0 ? [] : [{ table, bytes: encode(items), rows: items.length, days }],
  );
}

/** Splits items so that no group lies in more than {@link PARTITIONS_PER_INSERT_MAX} days; nearly always one group. */
function byDay<Item>(items: readonly Item[], nanosOf: (item: Item) => bigint): Group<Item>[] {
  const dayOf = (item: Item): number => Number(nanosOf(item) / NANOS_PER_DAY);
  const days = [...new Set(items.map(dayOf))].sort((a, b) => a - b);
  if (days.length <= PARTITIONS_PER_INSERT_MAX) return [{ items, days: new Set(days) }];
  const groups: { items: Item[]; days: Set<number> }[] = [];
  const groupOf = new Map(days.map((day, index) => [day, Math.floor(index / PARTITIONS_PER_INSERT_MAX)]));
  for (const item of items) {
    const day = dayOf(item);
    const group = (groups[groupOf.get(day) ?? 0] ??= { items: [], days: new Set() });
    group.items.push(item);
    group.days.add(day);
  }
  return groups;
}

/** Puts parts together, in order, as long as their days fit into one insert. */
function insertsOf(parts: readonly Part[]): Part[][] {
  const inserts: Part[][] = [];
  let days = new Set<number>();
  for (const part of parts) {
    const together = new Set([...days, ...part.days]);
    const current = inserts.at(-1);
    if (current === undefined || together.size > PARTITIONS_PER_INSERT_MAX) {
      inserts.push([part]);
      days = new Set(part.days);
    } else {
      current.push(part);
      days = together;
    }
  }
  return inserts;
}
