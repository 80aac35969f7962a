import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Signal } from '../decode/decoded-request.ts';
import { otlpDescriptorSet } from './otlp-schema.ts';

const MESSAGES: Readonly<Record<Signal, string>> = {
  traces: 'otlp.ExportTraceServiceRequest',
  logs: 'otlp.ExportLogsServiceRequest',
};

export function isProtocInstalled(): boolean {
  return spawnSync('protoc', ['--version']).status === 0;
}

/** What the official implementation makes of a request. */
export type Reading =
  | { readonly refused: string }
  | {
      /** The same request in one plain form: unknown fields gone, split messages merged. */
      readonly plain: Buffer;
    };

/** The protobuf compiler as a reader: 10 to 20 ms each time. */
export class Protoc {
  readonly #directory: string = mkdtempSync(path.join(tmpdir(), 'protoc-'));
  readonly #descriptors: string = path.join(this.#directory, 'otlp.descriptors');

  constructor() {
    writeFileSync(this.#descriptors, otlpDescriptorSet());
  }

  read(signal: Signal, bytes: Buffer): Reading {
    const text = this.#run('decode', signal, bytes);
    if (text.status !== 0) return { refused: String(text.stderr) };
    return { plain: this.#run('encode', signal, withoutUnknown(text.stdout)).stdout };
  }

  close(): void {
    rmSync(this.#directory, { recursive: true });
  }

  #run(way: 'decode' | 'encode', signal: Signal, input: Buffer): SpawnSyncReturns<Buffer> {
    const options = [`--descriptor_set_in=${this.#descriptors}`, `--${way}=${MESSAGES[signal]}`];
    return spawnSync('protoc', options, { input, maxBuffer: 67_108_864 });
  }
}

/** Unknown fields are printed by number, groups and nested ones in braces, and cannot be read back. */
function withoutUnknown(text: Buffer): Buffer {
  const kept: string[] = [];
  let unknownDepth = 0;
  // The format escapes everything but ASCII, so lines are lines.
  for (const line of text.toString('latin1').split('\n')) {
    const opens = line.endsWith('{');
    if (unknownDepth > 0) {
      if (opens) unknownDepth += 1;
      else if (line.trim() === '}') unknownDepth -= 1;
    } else if (/^\s*\d/.test(line)) unknownDepth = opens ? 1 : 0;
    else kept.push(line);
  }
  return Buffer.from(kept.join('\n'), 'latin1');
}
