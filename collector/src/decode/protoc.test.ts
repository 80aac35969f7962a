import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../errors.ts';
import { fuzzKinds } from '../testing/fuzz/kinds.ts';
import { attempt, decode } from '../testing/fuzz/properties.ts';
import { Random } from '../testing/fuzz/random.ts';
import { isProtocInstalled, Protoc } from '../testing/protoc.ts';
import type { Signal } from './decoded-request.ts';

/** Changed requests per signal, beside those they are made of. */
const INPUTS = 60;

/** Nesting of a decoded item that both take: a level of a value is up to three messages, and some are around it. */
const DEPTH_OF_BOTH = 30;

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner: unknown[] = value instanceof Map ? [...value.values()] : Object.values(value);
  return 1 + Math.max(0, ...inner.map(depthOf));
}

/** How our reading of a request differs from protoc's without a stated reason. */
function difference(protoc: Protoc, signal: Signal, input: Buffer): string | undefined {
  const ours = attempt(() => decode(signal, 'protobuf', input));
  const theirs = protoc.read(signal, input);
  if ('refused' in theirs) {
    // A text that is not UTF-8 costs no request here, and values may be nested deeper than in 100 messages.
    if (ours instanceof Refusal || theirs.refused.includes('UTF-8')) return undefined;
    if (ours.items.some((item) => depthOf(item) > DEPTH_OF_BOTH)) return undefined;
    return `accepted; protoc says ${theirs.refused}`;
  }
  if (ours instanceof Refusal)
    return ours.message.includes('nested deeper') ? undefined : `refused: ${ours.message}`;
  const plain = attempt(() => decode(signal, 'protobuf', theirs.plain));
  return isDeepStrictEqual(plain, ours) ? undefined : 'other values';
}

// `apt-get install protobuf-compiler` on Debian brings it.
describe.skipIf(!isProtocInstalled())('where protoc is installed', () => {
  let protoc: Protoc;
  beforeAll(() => {
    protoc = new Protoc();
  });
  afterAll(() => protoc.close());

  test.each(fuzzKinds().slice(0, 2))('$name is read as protoc reads it', { timeout: 60_000 }, (kind) => {
    const signal = kind.name === 'protobuf-logs' ? 'logs' : 'traces';
    const seeds = kind.seeds();
    const random = new Random(1);
    const inputs = [...seeds, ...Array.from({ length: INPUTS }, () => kind.mutate(random, seeds))];
    const different = inputs.flatMap((input) => {
      const what = difference(protoc, signal, input);
      return what === undefined ? [] : [`${what}: ${input.toString('hex')}`];
    });
    expect(different).toEqual([]);
  });
});
