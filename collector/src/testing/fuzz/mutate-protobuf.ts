import { Buffer } from 'node:buffer';
import type { Random } from './random.ts';
import { encodeWire, varintOf, type WireField } from './wire-tree.ts';

/** Field numbers that OTLP's messages have, and some that they do not. */
const FIELD_NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 1_000, 536_870_911];
const VARINTS: readonly Buffer[] = [
  varintOf(0),
  varintOf(1),
  varintOf(2 ** 31),
  varintOf(2 ** 32 - 1),
  varintOf(2 ** 32),
  Buffer.from('ffffffffffffffffff01', 'hex'),
  Buffer.from('80808080808080808001', 'hex'),
  Buffer.from('ffffffffffffffffffff01', 'hex'),
  Buffer.from('808000', 'hex'),
];
const FIXED: readonly number[] = [0, 1, 0x7f, 0x80, 0xff];
const TEXTS: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from('\u0000'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xe2, 0x82]),
  Buffer.from('null'),
  Buffer.from('{"role":"user","parts":[{"type":"text","content":"hi"}]}'),
  Buffer.from('[[[[[[[[['),
  Buffer.from('{"a":1e400,"__proto__":{"b":[]}}'),
  Buffer.from('9'.repeat(40)),
  Buffer.from('-1'),
  Buffer.from('x'.repeat(3_000)),
  Buffer.alloc(16, 0xab),
  Buffer.alloc(8, 0xcd),
  Buffer.alloc(16),
];
/** `values` of an array: an AnyValue that holds an AnyValue. */
const ARRAY_TAG = 0x2a;

/** What changes may bring in. */
export interface Material {
  /** Texts worth trying: names that the code behind the decoder knows. */
  readonly words: readonly string[];
  /** Fields of other inputs. */
  readonly donor: readonly WireField[];
}

/** One to three changes of a message's fields; the lengths around them stay right. */
export function mutateProtobuf(random: Random, fields: readonly WireField[], material: Material): Buffer {
  let changed = fields;
  for (let step = 1 + random.below(3); step > 0; step -= 1) changed = change(random, changed, material);
  return encodeWire(changed);
}

function change(random: Random, fields: readonly WireField[], material: Material): WireField[] {
  const copy = [...fields];
  const at = random.below(copy.length + 1);
  const field = copy[at];
  if (field === undefined)
    copy.push(random.oneIn(2) ? newField(random, material) : anyOf(random, material.donor));
  else if (field.children !== undefined && field.children.length > 0 && !random.oneIn(5))
    copy[at] = { ...field, children: change(random, field.children, material) };
  else copy.splice(at, 1, ...replacement(random, field, material));
  return copy;
}

/** What stands in the place of one field. */
function replacement(random: Random, field: WireField, material: Material): WireField[] {
  switch (random.below(9)) {
    case 0:
      return [];
    case 1:
      return [field, field];
    case 2:
      return [{ ...field, tag: random.pick(FIELD_NUMBERS) * 8 + (field.tag % 8) }];
    case 3:
      return [{ tag: field.tag - (field.tag % 8) + random.below(8), payload: field.payload }];
    case 4:
      return [field, newField(random, material)];
    case 5:
      return [{ tag: field.tag, payload: field.payload, children: nested(random, field.children ?? []) }];
    case 6:
      return [{ ...anyOf(random, material.donor), tag: field.tag }];
    case 7:
      return [field, group(random)];
    default:
      return [{ tag: field.tag, payload: payloadFor(random, field.tag % 8, material) }];
  }
}

function newField(random: Random, material: Material): WireField {
  const tag = random.pick(FIELD_NUMBERS) * 8 + random.pick([0, 1, 2, 2, 2, 5]);
  return { tag, payload: payloadFor(random, tag % 8, material) };
}

function payloadFor(random: Random, wire: number, { words }: Material): Buffer {
  if (wire === 0) return random.pick(VARINTS);
  if (wire === 1 || wire === 5) return Buffer.alloc(wire === 1 ? 8 : 4, random.pick(FIXED));
  return random.oneIn(2) ? Buffer.from(random.pick(words)) : random.pick(TEXTS);
}

function nested(random: Random, inner: readonly WireField[]): WireField[] {
  let fields = inner;
  for (let depth = random.pick([1, 2, 30, 64, 65, 130]); depth > 0; depth -= 1)
    fields = [
      {
        tag: ARRAY_TAG,
        payload: Buffer.alloc(0),
        children: [{ tag: 0x0a, payload: Buffer.alloc(0), children: fields }],
      },
    ];
  return [...fields];
}

/** An unknown group, now and then one that is not closed or closed as another. */
function group(random: Random): WireField {
  const depth = random.pick([1, 2, 64, 65]);
  const open = varintOf(50 * 8 + 3);
  const close = varintOf((random.oneIn(4) ? 51 : 50) * 8 + 4);
  const closed = random.oneIn(4) ? depth - 1 : depth;
  // The first tag is written by the encoder, the rest is its payload.
  const rest = [...repeat(open, depth - 1), varintOf(8), varintOf(1), ...repeat(close, closed)];
  return { tag: 50 * 8 + 3, payload: Buffer.concat(rest) };
}

function repeat(bytes: Buffer, times: number): Buffer[] {
  return Array.from({ length: Math.max(0, times) }, () => bytes);
}

function anyOf(random: Random, fields: readonly WireField[]): WireField {
  let field = random.pick(fields);
  while (field.children !== undefined && field.children.length > 0 && !random.oneIn(3))
    field = random.pick(field.children);
  return field;
}
