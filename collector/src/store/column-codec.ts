import { RepeatedTexts } from './repeated-texts.ts';
import { codecOf, expected, type RowValue, typeParts, writeText } from './row-codec.ts';
import type { RowWriter } from './row-writer.ts';

/**
 * One of the sequences of values that a column consists of in ClickHouse's format Native: `Map(String, String)` has three,
 * where the entries of each row end, the keys and the values. They are written so that those of several pieces can be joined.
 */
export interface Stream {
  /**
   * `plain` = values one after the other; `ends` = how many items there are up to the end of each row, 8 bytes each;
   * `dictionary` = see {@link writeDictionary}.
   */
  readonly kind: 'plain' | 'ends' | 'dictionary';
  /** Its values are items within rows: rows that lack the column have none. */
  readonly isNested: boolean;
  /** Of `plain`: the byte of which a row's default consists, and how many. */
  readonly fill: number;
  readonly width: number;
}

/** Values of one column, stream by stream. */
export interface ColumnCodec {
  readonly streams: readonly Stream[];
  /** Writes all streams and adds to `ends` where each ends. @throws TypeError which says what was expected */
  write(writer: RowWriter, values: readonly RowValue[], ends: number[]): void;
  /** What rows have that lack the column. */
  readonly isDefault: (value: RowValue) => boolean;
}

/** The codec for a ClickHouse type written as in DDL. @throws TypeError for types that no table has. */
export function columnCodecOf(type: string): ColumnCodec {
  const { name, inner } = typeParts(type);
  const [first, second] = inner;
  if (first !== undefined) {
    if (name === 'LowCardinality' && first === 'String') return DICTIONARY;
    if (name === 'LowCardinality') throw new TypeError(`no dictionary for type ${first}`);
    if (name === 'Nullable') return nullableCodec(columnCodecOf(first), placeholderOf(first));
    if (name === 'Array') return arrayCodec(columnCodecOf(first));
    if (name === 'Map' && first === 'String' && second === 'String') return TEXT_MAP;
    if (name === 'Map' && second !== undefined) return mapCodec(columnCodecOf(first), columnCodecOf(second));
    if (name === 'SimpleAggregateFunction' && second !== undefined) return columnCodecOf(second);
  }
  if (name === 'String') return TEXT;
  const write = codecOf(type);
  return {
    streams: [plain(0, widthOf(name))],
    write: (writer, values, ends) => {
      for (const value of values) write(writer, value);
      ends.push(writer.size);
    },
    isDefault: name === 'Bool' ? isFalse : isZero,
  };
}

const isEmptyText = (value: RowValue): boolean => value === '';
const isFalse = (value: RowValue): boolean => value === false;
/** −0 is a value of its own. */
const isZero = (value: RowValue): boolean => value === 0n || (value === 0 && !Object.is(value, -0));

const BYTES: Readonly<Record<string, number>> = { Bool: 1, Float32: 4, DateTime: 4 };

/** Bytes of a default value. */
function widthOf(name: string): number {
  const bits = /^U?Int(\d+)$/.exec(name)?.[1];
  return bits === undefined ? (BYTES[name] ?? 8) : Number(bits) / 8;
}

/** What stands where a value is null. */
function placeholderOf(type: string): RowValue {
  if (type === 'String') return '';
  return type === 'Bool' ? false : 0;
}

function plain(fill: number, width: number): Stream {
  return { kind: 'plain', isNested: false, fill, width };
}

const TEXT: ColumnCodec = {
  streams: [plain(0, 1)],
  write: (writer, values, ends) => {
    for (let at = 0; at < values.length;) {
      const value = values[at] ?? null;
      const from = writer.size;
      writeText(writer, value);
      const first = at;
      at += 1;
      while (at < values.length && values[at] === value) at += 1;
      writer.repeat(from, at - first - 1);
    }
    ends.push(writer.size);
  },
  isDefault: isEmptyText,
};

const ENDS: Stream = { kind: 'ends', isNested: false, fill: 0, width: 8 };

function nested(streams: readonly Stream[]): Stream[] {
  return streams.map((stream) => ({ ...stream, isNested: true }));
}

const DICTIONARY: ColumnCodec = {
  streams: [{ kind: 'dictionary', isNested: false, fill: 0, width: 0 }],
  write: (writer, values, ends) => {
    const places = new Map<string, number>();
    const indexes: number[] = [];
    let last: RowValue = null;
    let place: number | undefined;
    for (const value of values) {
      if (typeof value !== 'string') throw expected('a string', value);
      // Rows that follow each other mostly have the same.
      if (place === undefined || value !== last) {
        place = places.get(value);
        if (place === undefined) places.set(value, (place = places.size));
        last = value;
      }
      indexes.push(place);
    }
    writeDictionary(writer, places.keys(), places.size, indexes);
    ends.push(writer.size);
  },
  isDefault: isEmptyText,
};

const TEXT_MAP: ColumnCodec = {
  streams: [ENDS, ...nested(TEXT.streams), ...nested(TEXT.streams)],
  write: (writer, values, ends) => {
    const keys = new RepeatedTexts();
    const texts = new RepeatedTexts();
    let entries = 0;
    let last: RowValue = null;
    for (const value of values) {
      if (!(value instanceof Map)) throw expected('a Map', value);
      if (value === last) {
        keys.again();
        texts.again();
      } else {
        for (const [key, text] of value) {
          keys.add(key);
          texts.add(text);
        }
        keys.end();
        texts.end();
        last = value;
      }
      entries += value.size;
      writer.count64(entries);
    }
    ends.push(writer.size);
    keys.writeTo(writer);
    ends.push(writer.size);
    texts.writeTo(writer);
    ends.push(writer.size);
  },
  isDefault: (value) => value instanceof Map && value.size === 0,
};

/** Bytes of an index into a dictionary of that many texts. */
export function indexBytes(texts: number): 1 | 2 | 4 {
  if (texts <= 1 << 8) return 1;
  return texts <= 1 << 16 ? 2 : 4;
}

/** The number of texts (4 bytes), the texts, each once, and for each value which of them it is. */
function writeDictionary(
  writer: RowWriter,
  texts: Iterable<string>,
  count: number,
  indexes: readonly number[],
): void {
  writer.integer(count, 4);
  for (const text of texts) writer.text(text);
  const bytes = indexBytes(count);
  for (const index of indexes) writer.integer(index, bytes);
}

/** Which are null, then all values; where one is null stands a placeholder. */
function nullableCodec(inner: ColumnCodec, placeholder: RowValue): ColumnCodec {
  return {
    streams: [plain(1, 1), ...inner.streams],
    write: (writer, values, ends) => {
      for (const value of values) writer.uint8(value === null ? 1 : 0);
      ends.push(writer.size);
      const present = values.map((value) => value ?? placeholder);
      inner.write(writer, present, ends);
    },
    isDefault: (value) => value === null,
  };
}

function arrayCodec(items: ColumnCodec): ColumnCodec {
  return {
    streams: [ENDS, ...nested(items.streams)],
    write: (writer, values, ends) => {
      const all: RowValue[] = [];
      for (const value of values) {
        if (!Array.isArray(value)) throw expected('an array', value);
        for (const item of value) all.push(item);
        writer.count64(all.length);
      }
      ends.push(writer.size);
      items.write(writer, all, ends);
    },
    isDefault: (value) => Array.isArray(value) && value.length === 0,
  };
}

function mapCodec(keys: ColumnCodec, items: ColumnCodec): ColumnCodec {
  return {
    streams: [ENDS, ...nested(keys.streams), ...nested(items.streams)],
    write: (writer, values, ends) => {
      const allKeys: string[] = [];
      const all: RowValue[] = [];
      for (const value of values) {
        if (!(value instanceof Map)) throw expected('a Map', value);
        for (const [key, item] of value) {
          allKeys.push(key);
          all.push(item);
        }
        writer.count64(all.length);
      }
      ends.push(writer.size);
      keys.write(writer, allKeys, ends);
      items.write(writer, all, ends);
    },
    isDefault: (value) => value instanceof Map && value.size === 0,
  };
}
