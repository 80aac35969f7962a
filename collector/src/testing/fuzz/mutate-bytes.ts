import { Buffer } from 'node:buffer';
import type { Random } from './random.ts';

/** Bytes at which readers change their minds: varint ends, signs, ends of UTF-8 ranges, JSON's own characters. */
const TELLING_BYTES = [
  0x00, 0x01, 0x07, 0x08, 0x0a, 0x12, 0x7f, 0x80, 0xbf, 0xc0, 0xed, 0xef, 0xf4, 0xff, 0x22, 0x2c, 0x3a, 0x5b,
  0x5c, 0x5d, 0x7b, 0x7d,
];
/** Longest stretch that one step removes or repeats, bytes. */
const STRETCH_MAX = 64;

/** One to four small damages, without regard to any structure. */
export function mutateBytes(random: Random, bytes: Buffer): Buffer {
  let damaged: Buffer = Buffer.from(bytes);
  for (let step = 1 + random.below(4); step > 0; step -= 1) damaged = damage(random, damaged);
  return damaged;
}

function damage(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.below(STRETCH_MAX));
  switch (random.below(7)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = random.pick(TELLING_BYTES);
      return bytes;
    case 2:
      if (at < bytes.length) bytes[at] = random.below(256);
      return bytes;
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from([random.pick(TELLING_BYTES)]),
        bytes.subarray(at),
      ]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]);
    case 5:
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
    default:
      return Buffer.from(bytes.subarray(0, at));
  }
}
