import type { Row, Table } from '../encode-rows.ts';
import { typeParts, type RowValue } from '../row-codec.ts';
import { StoreError } from '../store-error.ts';

/** Reads a value of a column from its JSON, as the engine writes it, or throws a `TypeError` that says what was expected. */
type Reader = (value: unknown) => RowValue;

/**
 * The row that an exported line tells. Columns that the line does not have get what is empty in their type: exports of
 * earlier versions have fewer.
 * @throws StoreError `invalid_row`, naming the column, also for one that the table does not have
 */
export function rowOf(table: Table, line: unknown): Row {
  if (!isObject(line)) throw new StoreError('invalid_row', `${table.name}: expected an object with columns`);
  const unknown = Object.keys(line).find((name) => !(name in table.columns));
  if (unknown !== undefined)
    throw new StoreError(
      'invalid_row',
      `${table.name}: there is no column ${JSON.stringify(unknown)}: was it exported by a newer version, or is it another table?`,
    );
  const row: Record<string, RowValue> = {};
  for (const [name, { read, empty }] of readersOf(table)) {
    try {
      row[name] = line[name] === undefined ? empty : read(line[name]);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      throw new StoreError('invalid_row', `${table.name} column ${name}: ${problem}`);
    }
  }
  return row;
}

interface Column {
  readonly read: Reader;
  readonly empty: RowValue;
}

/** Built per table at first use. */
const READERS = new WeakMap<Table, ReadonlyMap<string, Column>>();

function readersOf(table: Table): ReadonlyMap<string, Column> {
  let readers = READERS.get(table);
  if (readers === undefined) {
    readers = new Map(
      Object.entries(table.columns).map(([name, type]) => [
        name,
        { read: readerOf(type), empty: emptyOf(type) },
      ]),
    );
    READERS.set(table, readers);
  }
  return readers;
}

function readerOf(type: string): Reader {
  const { name, inner } = typeParts(type);
  const [first = '', second = ''] = inner;
  if (name === 'String') return readText;
  if (name === 'Bool') return (value) => (typeof value === 'boolean' ? value : fail('true or false', value));
  if (name.startsWith('Float')) return readFloat;
  if (/^U?Int/.test(name)) return (value) => readInteger(value);
  if (name === 'DateTime64') return (value) => readTime(value, Number(first || 3));
  if (name === 'Decimal') return (value) => readDecimal(value, Number(second));
  if (name === 'LowCardinality') return readerOf(first);
  if (name === 'Nullable') return nullable(readerOf(first));
  if (name === 'Array') return arrayOf(readerOf(first));
  if (name === 'Map') return mapOf(readerOf(second));
  throw new TypeError(`no way to read a column of type ${type} from JSON`);
}

function emptyOf(type: string): RowValue {
  const { name, inner } = typeParts(type);
  if (name === 'LowCardinality') return emptyOf(inner[0] ?? '');
  if (name === 'Nullable') return null;
  if (name === 'Array') return [];
  if (name === 'Map') return new Map();
  if (name === 'Bool') return false;
  if (name === 'String') return '';
  return name === 'DateTime64' || name === 'Decimal' ? 0n : 0;
}

const readText: Reader = (value) => (typeof value === 'string' ? value : fail('a string', value));

const readFloat: Reader = (value) => (typeof value === 'number' ? value : fail('a number', value));

function readInteger(value: unknown): bigint | number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  return fail('an integer', value);
}

const TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?$/;

/** `2026-11-20 10:00:00.000000001` in UTC, as ticks of 10^-digits seconds. */
function readTime(value: unknown, digits: number): bigint {
  const [, day, time, fraction = ''] = TIME.exec(typeof value === 'string' ? value : '') ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(ms)) return fail('a time such as 2026-11-20 10:00:00.000', value);
  return (
    BigInt(ms / 1_000) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0').slice(0, digits) || 0)
  );
}

const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d{1,18}))?$/;

/** In units of 10^-digits. Numbers stand in files that an engine wrote without quotes. */
function readDecimal(value: unknown, digits: number): bigint {
  const text = typeof value === 'number' ? value.toFixed(digits) : value;
  const [, sign = '', whole, fraction = ''] = DECIMAL.exec(typeof text === 'string' ? text : '') ?? [];
  if (whole === undefined) return fail('a decimal number', value);
  return BigInt(`${sign}${whole}${fraction.padEnd(digits, '0').slice(0, digits)}`);
}

function nullable(read: Reader): Reader {
  return (value) => (value === null ? null : read(value));
}

function arrayOf(read: Reader): Reader {
  return (value) =>
    Array.isArray(value) ? value.map((item: unknown) => read(item)) : fail('an array', value);
}

function mapOf(read: Reader): Reader {
  return (value) =>
    isObject(value)
      ? new Map(Object.entries(value).map(([key, item]) => [key, read(item)]))
      : fail('an object', value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const SHOWN_CHARACTERS_MAX = 60;

function fail(expected: string, value: unknown): never {
  throw new TypeError(
    `expected ${expected}, got ${(JSON.stringify(value) ?? typeof value).slice(0, SHOWN_CHARACTERS_MAX)}`,
  );
}
