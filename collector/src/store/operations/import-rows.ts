import { createHash } from 'node:crypto';
import { encodeRows, type Row, type Table } from '../encode-rows.ts';
import { PARTITIONS_PER_INSERT_MAX } from '../prepare-batches.ts';
import type { RowValue } from '../row-codec.ts';
import type { Store } from '../store.ts';
import { StoreError } from '../store-error.ts';
import { PORTABLE, type PortableTable } from './export-rows.ts';
import { rowOf } from './stored-row.ts';

/** Replaces secrets in texts; the same object when there are none. */
export interface TextRedactor {
  text(text: string): string;
  texts(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string>;
}

export interface RowImport {
  /** Whatever the lines say: everything goes into this project. */
  readonly project: string;
  readonly table: PortableTable;
  /** Lines of an export, one row each; at most a few thousand at a time. */
  readonly lines: readonly string[];
  /** `undefined` = store as it comes. */
  readonly redactor: TextRedactor | undefined;
  /** Epoch ms. */
  readonly nowMs: number;
}

/** Made by us, or numbers in hex: nothing in them can be a secret, and changing one would break what they connect. */
const IDENTIFIERS: ReadonlySet<string> = new Set([
  'project',
  'run_id',
  'trace_id',
  'span_id',
  'parent_span_id',
  'root_span_id',
  'trial_id',
  'links.trace_id',
  'links.span_id',
  'fingerprint',
  'knowledge_decision',
  'knowledge_items',
]);

/**
 * Stores exported rows, redacted, in the given project, and brings the runs they are about up to date. The same lines again
 * in the same portions store nothing new.
 * @throws StoreError `invalid_row`, naming line, column and value
 */
export async function importRows(
  store: Pick<Store, 'driver' | 'refresh'>,
  { project, table: name, lines, redactor, nowMs }: RowImport,
): Promise<{ readonly rows: number }> {
  const { table, time } = PORTABLE[name];
  const rows = lines.map((line, index): Row => {
    const row: Row = { ...rowOf(table, parsed(line, index)), project };
    return redactor === undefined ? row : redacted(table, row, redactor);
  });
  const token = tokenOf(project, name, lines);
  for (const [period, together] of Map.groupBy(rows, (row) => periodOf(row[time])))
    await store.driver.insert(encodeRows(table, together, `${token}:${period}`));
  if (name === 'spans' || name === 'outcomes') {
    const runs = new Set(rows.map((row) => row['run_id']).filter((id) => typeof id === 'string'));
    await store.refresh(
      [...runs].map((runId) => ({ project, runId })),
      nowMs,
    );
  }
  return { rows: rows.length };
}

function parsed(line: string, index: number): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return value;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('invalid_row', `line ${index + 1} of the portion is not JSON: ${why}`, {
      cause: error,
    });
  }
}

/** Lines stand for their rows; what redaction makes of them may change with its rules, and is not asked. */
function tokenOf(project: string, table: string, lines: readonly string[]): string {
  const hash = createHash('sha256').update(`import\n${project}\n${table}\n`);
  for (const line of lines) hash.update(line).update('\n');
  return hash.digest('hex').slice(0, 32);
}

const NANOS_PER_PERIOD = BigInt(PARTITIONS_PER_INSERT_MAX) * 86_400_000_000_000n;

/** Rows of more days than one insert takes go into several. */
function periodOf(time: RowValue | undefined): number {
  return typeof time === 'bigint' ? Number(time / NANOS_PER_PERIOD) : 0;
}

function redacted(table: Table, row: Row, redactor: TextRedactor): Row {
  const clean: Record<string, RowValue> = {};
  for (const name of Object.keys(table.columns)) {
    const value = row[name] ?? null;
    if (IDENTIFIERS.has(name)) clean[name] = value;
    else if (name === 'attribute_types') clean[name] = withRedactedNames(value, redactor);
    else clean[name] = redactedValue(value, redactor);
  }
  return clean;
}

/** A type is no value, also below a telling name. */
function withRedactedNames(types: RowValue, redactor: TextRedactor): RowValue {
  if (!(types instanceof Map)) return types;
  return new Map([...types].map(([name, type]) => [redactor.text(name), type]));
}

function redactedValue(value: RowValue, redactor: TextRedactor): RowValue {
  if (typeof value === 'string') return redactor.text(value);
  if (Array.isArray(value)) return value.map((item: RowValue) => redactedValue(item, redactor));
  return value instanceof Map && isTexts(value) ? redactor.texts(value) : value;
}

function isTexts(map: ReadonlyMap<string, unknown>): map is ReadonlyMap<string, string> {
  return [...map.values()].every((value) => typeof value === 'string');
}
