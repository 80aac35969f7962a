import { Buffer } from 'node:buffer';

/** Writes the few small messages of an answer. Default values are left out, as in proto3. */
export class ProtobufWriter {
  readonly #parts: Buffer[] = [];

  varint(field: number, value: number): this {
    if (value !== 0) this.#parts.push(varintBytes(field * 8), varintBytes(value));
    return this;
  }

  text(field: number, value: string): this {
    return value === '' ? this : this.bytes(field, Buffer.from(value, 'utf8'));
  }

  bytes(field: number, value: Buffer): this {
    this.#parts.push(varintBytes(field * 8 + 2), varintBytes(value.length), value);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** A message that consists of one nested message. */
export function bytesField(field: number, value: Buffer): Buffer {
  return new ProtobufWriter().bytes(field, value).finish();
}

function varintBytes(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}
