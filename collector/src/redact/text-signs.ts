import { SIGNS_KERNEL } from './signs-kernel.ts';
import type { Triples } from './triples.ts';

/** It holds what may be a secret word, a credential, a card number, a private key, or is written with escapes. */
export const SECRET = 1;
/** The end of a sensitive name may stand before a `:` or `=`. */
export const NAME = 2;
/** `://` */
export const URL = 4;

/** Longer texts are not looked at, but searched: answered as {@link SECRET}. Characters. */
const CHARACTERS_MAX = 65_536;
const UTF8_BYTES_MAX = 3;
/** Zeros before and behind the text, bytes: the kernel looks beyond its ends. */
const MARGIN_BYTES = 96;
/** Texts of ASCII up to here are copied by a loop, which costs less than one call into native code. */
const LOOPED_CHARACTERS_MAX = 40;
const ASCII_MAX = 0x7f;
/** Characters of a text that tell its script, evenly spaced; and how many of them may be of another one than ours. */
const SAMPLED = 16;
const WIDE_MAX = 3;
const LATIN1_MAX = 0xff;
const PAGE_BYTES = 65_536;

/** The part of it that is used here: Node has it, and its types name it only with those of the browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  /** In pages of 64 KiB. */
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
};

const compiled = new WebAssembly.Module(Buffer.from(SIGNS_KERNEL, 'base64'));

/**
 * A quick look at texts, all of it at once: which signs of something to replace are in them. Most have none, and a text
 * without a sign has nothing in it. See `signs-kernel.wat`.
 */
export class TextSigns {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #signs: (length: number) => unknown;

  /** The first three characters of secret words, and the last three of sensitive names. */
  constructor(beginnings: Triples, endings: Triples) {
    const start = beginnings.length + endings.length + MARGIN_BYTES;
    const bytes = start + CHARACTERS_MAX * UTF8_BYTES_MAX + MARGIN_BYTES;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    this.#bytes = Buffer.from(memory.buffer);
    this.#bytes.set(beginnings, 0);
    this.#bytes.set(endings, beginnings.length);
    this.#start = start;
    const text = {
      memory,
      beginnings: 0,
      endings: beginnings.length,
      start,
      secret: SECRET,
      name: NAME,
      url: URL,
    };
    const { signs } = new WebAssembly.Instance(compiled, { text }).exports;
    if (!isKernel(signs)) throw new TypeError('signs-kernel.ts lacks the kernel: compile it anew');
    this.#signs = signs;
  }

  /** {@link SECRET}, {@link NAME} and {@link URL}, added up; with the first the others may be missing. */
  in(text: string): number {
    if (text.length > CHARACTERS_MAX || isWide(text)) return SECRET;
    return Number(this.#signs(this.#load(text)));
  }

  /** Copies a text to where the kernel reads it; returns its bytes. */
  #load(text: string): number {
    const bytes = this.#bytes;
    const start = this.#start;
    if (text.length > LOOPED_CHARACTERS_MAX) return bytes.write(text, start);
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > ASCII_MAX) return bytes.write(text, start);
      bytes[start + index] = code;
    }
    return text.length;
  }
}

/** Whether it is written in another script: its UTF-8 is three times as long, and a search of its characters is cheaper. */
function isWide(text: string): boolean {
  if (text.length <= LOOPED_CHARACTERS_MAX) return false;
  const step = Math.floor(text.length / SAMPLED);
  let wide = 0;
  for (let at = 0; at < text.length; at += step) if (text.charCodeAt(at) > LATIN1_MAX) wide += 1;
  return wide > WIDE_MAX;
}

function isKernel(found: unknown): found is (length: number) => unknown {
  return typeof found === 'function';
}
