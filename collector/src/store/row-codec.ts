import type { RowWriter } from './row-writer.ts';

/**
 * Values of a column. DateTime64(9) takes nanoseconds as `bigint`, DateTime64(3) milliseconds, DateTime seconds; `Date` fits
 * all. Decimal(18, S), which is Decimal64(S), takes integers in units of 10^-S.
 */
export type RowValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | readonly RowValue[]
  | ReadonlyMap<string, RowValue>;

/** Writes one value as bytes, or throws a `TypeError` that says what was expected. */
export type Codec = (writer: RowWriter, value: RowValue) => void;

const MILLISECOND_DIGITS = 3;
const SMALL_INTEGER_BYTES_MAX = 4;

/** The codec for a ClickHouse type without parts, written as in DDL; `columnCodecOf` knows the others. */
export function codecOf(type: string): Codec {
  const { name, inner } = typeParts(type);
  const codec = makeCodec(name, inner);
  if (codec === undefined) throw new TypeError(`no codec for type ${type}`);
  return codec;
}

/** `Map(String, UInt8)` → `Map` with `String` and `UInt8`. */
export function typeParts(type: string): { readonly name: string; readonly inner: readonly string[] } {
  const open = type.indexOf('(');
  if (open === -1) return { name: type, inner: [] };
  return { name: type.slice(0, open), inner: splitArguments(type.slice(open + 1, type.lastIndexOf(')'))) };
}

function makeCodec(name: string, inner: readonly string[]): Codec | undefined {
  const [first] = inner;
  if (name === 'String') return writeText;
  if (name === 'Bool') return writeBool;
  if (name === 'Float64') return (writer, value) => writer.float64(numberOf(value));
  if (name === 'Float32') return (writer, value) => writer.float32(numberOf(value));
  if (name === 'DateTime') return (writer, value) => writer.integer(Number(ticksOf(value, 0)), 4);
  if (name === 'DateTime64') {
    const digits = Number(first ?? MILLISECOND_DIGITS);
    return (writer, value) => writer.int64(ticksOf(value, digits));
  }
  if (name === 'Decimal' && first === '18') return writeDecimal;
  const integer = /^(U?)Int(8|16|32|64)$/.exec(name);
  if (integer !== null) return integerCodec(integer[1] === 'U', Number(integer[2]) / 8);
  return undefined;
}

/** Splits at the commas outside parentheses: `A(b, c), D` → `A(b, c)` and `D`. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  parts.push(text.slice(from).trim());
  return parts;
}

export const writeText: Codec = (writer, value) => {
  if (typeof value === 'string') writer.text(value);
  else if (value instanceof Uint8Array) writer.raw(value);
  else throw expected('a string or bytes', value);
};

const writeBool: Codec = (writer, value) => {
  if (typeof value !== 'boolean') throw expected('true or false', value);
  writer.uint8(value ? 1 : 0);
};

function integerCodec(unsigned: boolean, bytes: number): Codec {
  const bits = BigInt(bytes * 8);
  const min = unsigned ? 0n : -(1n << (bits - 1n));
  const max = unsigned ? (1n << bits) - 1n : (1n << (bits - 1n)) - 1n;
  const [low, high] = [Number(min), Number(max)];
  const wanted = `an integer in [${min}, ${max}]`;
  return (writer, value) => {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || value < low || value > high) throw expected(wanted, value);
      if (bytes <= SMALL_INTEGER_BYTES_MAX) return writer.integer(value, bytes);
    }
    if (typeof value !== 'number' && typeof value !== 'bigint') throw expected(wanted, value);
    const exact = BigInt(value);
    if (exact < min || exact > max) throw expected(wanted, value);
    if (bytes <= SMALL_INTEGER_BYTES_MAX) writer.integer(Number(exact), bytes);
    else if (unsigned) writer.uint64(exact);
    else writer.int64(exact);
  };
}

const DECIMAL64_MAX = 10n ** 18n - 1n;

const writeDecimal: Codec = (writer, value) => {
  const units = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof units !== 'bigint') throw expected('a whole number of units', value);
  if (units > DECIMAL64_MAX || units < -DECIMAL64_MAX) throw expected('at most 18 digits', value);
  writer.int64(units);
};

function numberOf(value: RowValue): number {
  if (typeof value !== 'number') throw expected('a number', value);
  return value;
}

/** Ticks of 10^-digits seconds since 1970. Numbers and bigints are ticks already. */
function ticksOf(value: RowValue, digits: number): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw expected(`ticks of 10^-${digits} s as integer or bigint, or a valid Date`, value);
  }
  const ms = BigInt(value.getTime());
  return digits >= MILLISECOND_DIGITS
    ? ms * 10n ** BigInt(digits - MILLISECOND_DIGITS)
    : ms / 10n ** BigInt(MILLISECOND_DIGITS - digits);
}

const SHOWN_CHARACTERS_MAX = 60;

/** What to throw for a value of another kind. */
export function expected(what: string, value: RowValue): TypeError {
  const text =
    typeof value === 'object' ? Object.prototype.toString.call(value) : JSON.stringify(String(value));
  return new TypeError(`expected ${what}, got ${text.slice(0, SHOWN_CHARACTERS_MAX)} (${typeof value})`);
}
