import { isDeepStrictEqual } from 'node:util';
import { Refusal } from '../../errors.ts';
import { wholeRequest, type DecodedRequest, type Signal } from '../../decode/decoded-request.ts';
import {
  decodeJsonLogs,
  decodeJsonTraces,
  sliceJsonLogs,
  sliceJsonTraces,
} from '../../decode/json-request.ts';
import { decodeProtobufLogs, decodeProtobufTraces } from '../../decode/protobuf-request.ts';
import { normalizeLogs } from '../../normalize/normalize-log.ts';
import { normalizeSpans } from '../../normalize/normalize-span.ts';
import type { Encoding } from '../../receiver/media-type.ts';
import type { DecodedLog, DecodedSpan } from '../../records.ts';
import { redactLogs, redactSpans } from '../../redact/redact-records.ts';
import { Redactor } from '../../redact/redactor.ts';
import { prepareBatches } from '../../store/prepare-batches.ts';
import { encodeJson, encodeProtobuf } from './encode-request.ts';
import { compareWithOracle } from './oracle.ts';

type Decoded = DecodedRequest<DecodedSpan | DecodedLog>;

/** Middle of the range of times that are believed, epoch ms. */
const NOW_MS = 1_763_000_000_000;
const redactor = new Redactor({});
const project = (): string => 'fuzz';

/** What decoding ended in; anything but a {@link Refusal} is thrown on. */
export function attempt<Result>(work: () => Result): Result | Refusal {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

export function decode(signal: Signal, encoding: Encoding, bytes: Buffer): Decoded {
  if (encoding === 'json') return signal === 'traces' ? decodeJsonTraces(bytes) : decodeJsonLogs(bytes);
  return signal === 'traces' ? decodeProtobufTraces(bytes) : decodeProtobufLogs(bytes);
}

/** Everything that is done with an accepted request before it is stored. */
export function carryThrough(decoded: Decoded): void {
  const spans = decoded.items.filter((item) => 'otelKind' in item);
  const logs = decoded.items.filter((item) => 'body' in item);
  const batches = [
    { ...normalizeSpans(redactSpans(redactor, spans), project, NOW_MS), logs: [] },
    normalizeLogs(redactLogs(redactor, logs), project, NOW_MS),
  ];
  const failed = batches
    .flatMap((batch) => batch.spans)
    .find(({ warnings }) => warnings.includes('not_interpreted'));
  if (failed !== undefined) throw new Error(`interpreting span ${failed.spanId} failed inside`);
  prepareBatches(batches).written();
}

/** Encoded again, in either encoding, the same items come back. */
export function checkRoundTrip(signal: Signal, { items }: Decoded): void {
  const encoded = { protobuf: encodeProtobuf(items), json: encodeJson(signal, items) };
  for (const encoding of ['protobuf', 'json'] as const) {
    const again = decode(signal, encoding, encoded[encoding]);
    if (!isDeepStrictEqual(again.items, items))
      throw new Error(`other items after encoding them as ${encoding}`);
  }
}

/** Parsed item by item, as large bodies are, a request in JSON gives what it gives as a whole. */
export function checkSplitting(signal: Signal, bytes: Buffer, whole: Decoded | Refusal): void {
  const split = attempt<Decoded>(() =>
    signal === 'traces' ? wholeRequest(sliceJsonTraces(bytes, 0)) : wholeRequest(sliceJsonLogs(bytes, 0)),
  );
  const bothRefused = split instanceof Refusal && whole instanceof Refusal;
  if (!bothRefused && !isDeepStrictEqual(split, whole)) throw new Error('other items when parsed one by one');
}

/** Accepted or refused, and read, as another implementation does. */
export function checkOracle(signal: Signal, bytes: Buffer, ours: Decoded | Refusal): void {
  const difference = compareWithOracle(signal, bytes, ours instanceof Refusal ? ours.message : ours);
  if (difference !== undefined) throw new Error(difference);
}
