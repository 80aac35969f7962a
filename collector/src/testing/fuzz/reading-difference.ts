import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { isUtf8 } from 'node:buffer';

/** A value that is longer than the message around it: never right, but the other implementation looks at whole bodies only. */
export const OVERRUN = 'a length beyond its parent';
/** Longest tag or length, bytes: the protocol's own 32 bits. */
const VARINT32_BYTES_MAX = 5;
/** Longest number, bytes. */
const VARINT_BYTES_MAX = 10;

/**
 * Why two right readers may read these bytes differently, if they may. The other implementation reads a known field
 * whatever its wire type says, where ours (and the official ones) skip it as unknown; takes tags and lengths of more than
 * five bytes, and numbers of more than ten where it skips them; and knows no limit for groups.
 */
export function readingDifference(bytes: Buffer, message: DescMessage): string | undefined {
  let position = 0;
  let reason: string | undefined;
  const varint = (end: number): number => {
    const start = position;
    let value = 0;
    while (position < end) {
      const byte = bytes[position] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * (position - start));
      position += 1;
      if (byte < 0x80) break;
      if (position === end) reason ??= OVERRUN;
    }
    if (position - start > VARINT32_BYTES_MAX || value > 0xffffffff)
      reason ??= 'a tag or length over 32 bits';
    return value;
  };
  const read = (end: number, desc: DescMessage | undefined): void => {
    while (position < end && reason === undefined) {
      const tag = varint(end);
      const field = desc?.fields.find(({ number }) => number === Math.floor(tag / 8));
      const wire = tag % 8;
      if (wire === 3 || wire === 4) reason ??= 'a group';
      else if (field !== undefined && wire !== wireOf(field))
        reason ??= `${field.name} with wire type ${wire}`;
      else if (wire === 2) {
        const length = varint(end);
        if (length > end - position) reason ??= OVERRUN;
        const content = Math.min(end, position + length);
        if (field?.message !== undefined) read(content, field.message);
        else if (field?.scalar === ScalarType.STRING && !isUtf8(bytes.subarray(position, content)))
          reason ??= 'text that is not UTF-8';
        position = content;
      } else if (wire === 0) skipVarint(end);
      else position += wire === 1 ? 8 : 4;
      if (position > end) reason ??= OVERRUN;
    }
  };
  const skipVarint = (end: number): void => {
    const start = position;
    while (position < end && (bytes[position] ?? 0) >= 0x80) position += 1;
    position += 1;
    if (position - start > VARINT_BYTES_MAX) reason ??= 'a number over ten bytes';
  };
  read(bytes.length, message);
  return reason;
}

const WIRE_TYPES: ReadonlyMap<ScalarType, number> = new Map([
  [ScalarType.STRING, 2],
  [ScalarType.BYTES, 2],
  [ScalarType.FIXED64, 1],
  [ScalarType.DOUBLE, 1],
  [ScalarType.FIXED32, 5],
]);

/** Wire type that a field is written with. */
function wireOf(field: DescField): number {
  return field.scalar === undefined ? 2 : (WIRE_TYPES.get(field.scalar) ?? 0);
}
