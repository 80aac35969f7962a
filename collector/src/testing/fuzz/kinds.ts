import { ByteBudget } from '../../commit/byte-budget.ts';
import { Buffer } from 'node:buffer';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { Signal } from '../../decode/decoded-request.ts';
import { DIALECTS } from '../../normalize/dialects/index.ts';
import { Refusal } from '../../errors.ts';
import { inflate, type Compression } from '../../receiver/inflate.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { mutateProtobuf } from './mutate-protobuf.ts';
import { attempt, carryThrough, checkOracle, checkRoundTrip, checkSplitting, decode } from './properties.ts';
import type { Random } from './random.ts';
import { readSeeds } from './seeds.ts';
import { parseWire, type WireField } from './wire-tree.ts';

/** One way in, with inputs made for it. */
export interface Kind {
  readonly name: string;
  readonly seeds: () => Buffer[];
  /** A new input made of ones that are known. */
  readonly mutate: (random: Random, known: readonly Buffer[]) => Buffer;
  /** Throws when a property does not hold. `sample` is a number to choose the dearer checks by. Tells whether it was accepted. */
  readonly run: (input: Buffer, sample: number) => boolean | Promise<boolean>;
}

/**
 * Every input is decoded; one in so many that are accepted is also made into rows, or encoded again and compared; one in so
 * many is given to the other implementation, or parsed item by item.
 */
const ROWS_EVERY = 8;
const ROUND_TRIP_EVERY = 32;
const ORACLE_EVERY = 256;
const SPLIT_EVERY = 8;

const WORDS: readonly string[] = [...new Set(DIALECTS.flatMap(namesIn))];

/** Every text of a dialect's table: the names that the normaliser looks for. */
function namesIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...namesIn(inner)]);
}

function protobufKind(signal: Signal, directory: string | undefined): Kind {
  const trees = new WeakMap<Buffer, readonly WireField[]>();
  const treeOf = (bytes: Buffer): readonly WireField[] => {
    let tree = trees.get(bytes);
    if (tree === undefined) {
      tree = parseWire(bytes) ?? [];
      trees.set(bytes, tree);
    }
    return tree;
  };
  return {
    name: `protobuf-${signal}`,
    seeds: () => readSeeds(signal, 'protobuf', directory),
    mutate: (random, known) => {
      const bytes = random.pickShort(known);
      const [tree, donor] = [treeOf(bytes), treeOf(random.pickShort(known))];
      if (tree.length === 0 || donor.length === 0 || random.oneIn(8)) return mutateBytes(random, bytes);
      const changed = mutateProtobuf(random, tree, { words: WORDS, donor });
      return random.oneIn(6) ? mutateBytes(random, changed) : changed;
    },
    run: (input, sample) => {
      const decoded = attempt(() => decode(signal, 'protobuf', input));
      if (sample % ORACLE_EVERY === 2) checkOracle(signal, input, decoded);
      if (decoded instanceof Refusal) return false;
      if (sample % ROWS_EVERY === 0) carryThrough(decoded);
      if (sample % ROUND_TRIP_EVERY === 1) checkRoundTrip(signal, decoded);
      return true;
    },
  };
}

function jsonKind(signal: Signal, directory: string | undefined): Kind {
  const values = new WeakMap<Buffer, unknown>();
  const valueOf = (bytes: Buffer): unknown => {
    if (!values.has(bytes)) values.set(bytes, parsed(bytes));
    return values.get(bytes);
  };
  return {
    name: `json-${signal}`,
    seeds: () => readSeeds(signal, 'json', directory),
    mutate: (random, known) => {
      const bytes = random.pickShort(known);
      const value = valueOf(bytes);
      return value === undefined || random.oneIn(10)
        ? mutateBytes(random, bytes)
        : mutateJson(random, value, WORDS);
    },
    run: (input, sample) => {
      const decoded = attempt(() => decode(signal, 'json', input));
      if (sample % SPLIT_EVERY === 2) checkSplitting(signal, input, decoded);
      if (decoded instanceof Refusal) return false;
      if (sample % ROWS_EVERY === 0) carryThrough(decoded);
      if (sample % ROUND_TRIP_EVERY === 1) checkRoundTrip(signal, decoded);
      return true;
    },
  };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

/** Limit of the inflated size, bytes: small, so that the bombs among the seeds reach it at once. */
const INFLATED_BYTES_MAX = 262_144;
const COMPRESSIONS: readonly Exclude<Compression, 'identity'>[] = ['gzip', 'deflate', 'zstd'];

/** The first byte chooses the compression, the others are the body. */
function inflateKind(): Kind {
  return {
    name: 'inflate',
    seeds: () => {
      const texts = [
        Buffer.from('{}'),
        ...readSeeds('traces', 'protobuf').slice(0, 4),
        Buffer.alloc(1_048_576),
      ];
      return texts.flatMap((text) =>
        [
          gzipSync(text),
          deflateSync(text),
          zstdCompressSync(text),
          Buffer.concat([gzipSync(text), gzipSync(text)]),
        ].map((body, index) => Buffer.concat([Buffer.from([index % 3]), body])),
      );
    },
    mutate: (random, known) => mutateBytes(random, random.pickShort(known)),
    run: async (input) => {
      const compression = COMPRESSIONS[(input[0] ?? 0) % COMPRESSIONS.length] ?? 'gzip';
      try {
        const body = await inflate(
          input.subarray(1),
          compression,
          INFLATED_BYTES_MAX,
          new ByteBudget(2 * INFLATED_BYTES_MAX).share(),
        );
        if (body.length > INFLATED_BYTES_MAX) throw new Error(`inflated to ${body.length} bytes`);
        return true;
      } catch (error) {
        if (error instanceof Refusal) return false;
        throw error;
      }
    },
  };
}

/** @param directory further seeds: `.pb`, `.json`, also packed with gzip */
export function fuzzKinds(directory?: string): Kind[] {
  return [
    protobufKind('traces', directory),
    protobufKind('logs', directory),
    jsonKind('traces', directory),
    jsonKind('logs', directory),
    inflateKind(),
  ];
}
