import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Encoding } from '../../receiver/media-type.ts';
import type { Signal } from '../../decode/decoded-request.ts';
import { encodeJson, encodeProtobuf } from './encode-request.ts';
import { EVERY_LOG_FIELD, EVERY_SPAN_FIELD, SMALL_LOGS, SMALL_SPANS } from './every-field.ts';
import { encodeWire, parseWire, type WireField } from './wire-tree.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures');
/** Larger requests are taken apart into requests of one item: inputs are many, so they should be short. */
const SEED_BYTES_MAX = 6_144;
/** Larger pieces are left out, bytes. */
const PIECE_BYTES_MAX = 65_536;

/** Requests to start from: recorded ones, ones that have every field or one, and the files of a directory if one is named. */
export function readSeeds(signal: Signal, encoding: Encoding, directory?: string): Buffer[] {
  const items = signal === 'traces' ? [EVERY_SPAN_FIELD, ...SMALL_SPANS] : [EVERY_LOG_FIELD, ...SMALL_LOGS];
  const generated = items.map((item) =>
    encoding === 'json' ? encodeJson(signal, [item]) : encodeProtobuf([item]),
  );
  const bodies = [FIXTURES, ...(directory === undefined ? [] : [directory])]
    .flatMap((folder) => filesOf(folder, encoding === 'json' ? '.json' : '.pb'))
    .filter(({ name }) => name.includes('logs') === (signal === 'logs'))
    .flatMap(({ bytes }) => (encoding === 'json' ? jsonPieces(bytes) : protobufPieces(bytes)));
  return [...generated, ...bodies].filter((body) => body.length <= PIECE_BYTES_MAX);
}

/** Bodies as they lie in files with this ending; those that end in `.gz` too are unpacked. */
function filesOf(folder: string, ending: string): { name: string; bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const isPacked = name.endsWith(`${ending}.gz`) || name.endsWith(`${ending}.stored.gz`);
    if (!isPacked && !name.endsWith(ending)) return [];
    const bytes = readFileSync(path.join(folder, name));
    try {
      return [
        { name, bytes: isPacked ? gunzipSync(bytes, { maxOutputLength: 16 * PIECE_BYTES_MAX }) : bytes },
      ];
    } catch {
      // A bad archive is material for inflating, not for the decoder.
      return [];
    }
  });
}

function protobufPieces(bytes: Buffer): Buffer[] {
  const envelopes = bytes.length > SEED_BYTES_MAX ? parseWire(bytes) : undefined;
  if (envelopes === undefined) return [bytes];
  return envelopes.flatMap((envelope) =>
    childrenOf(envelope).flatMap((group) =>
      childrenOf(group).map((item) => encodeWire([withOnly(envelope, withOnly(group, item))])),
    ),
  );
}

/** Tag of the groups in an envelope, and of the items in a group. */
const PART_TAG = 0x12;

function childrenOf(parent: WireField): WireField[] {
  return (parent.children ?? []).filter(({ tag }) => tag === PART_TAG);
}

function withOnly(parent: WireField, child: WireField): WireField {
  return { ...parent, children: [...(parent.children ?? []).filter(({ tag }) => tag !== PART_TAG), child] };
}

const LISTS = ['resourceSpans', 'scopeSpans', 'spans', 'resourceLogs', 'scopeLogs', 'logRecords'];

function jsonPieces(bytes: Buffer): Buffer[] {
  if (bytes.length <= SEED_BYTES_MAX) return [bytes];
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return pieces(value).map((piece) => Buffer.from(JSON.stringify(piece)));
  } catch {
    // Broken, or nested too deeply to be written again: as it is.
    return [bytes];
  }
}

function pieces(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  for (const [name, list] of Object.entries(value))
    if (LISTS.includes(name) && Array.isArray(list))
      return list.flatMap((element) => pieces(element).map((piece) => ({ ...value, [name]: [piece] })));
  return [value];
}
