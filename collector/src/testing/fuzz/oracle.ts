import { fromBinary, toJson, type DescMessage } from '@bufbuild/protobuf';
import { isDeepStrictEqual } from 'node:util';
import type { DecodedRequest, Signal } from '../../decode/decoded-request.ts';
import { decodeJsonLogs, decodeJsonTraces } from '../../decode/json-request.ts';
import type { DecodedLog, DecodedSpan } from '../../records.ts';
import { otlpMessage } from '../otlp-schema.ts';
import { OVERRUN, readingDifference } from './reading-difference.ts';

const MESSAGES: Readonly<Record<Signal, DescMessage>> = {
  traces: otlpMessage('ExportTraceServiceRequest'),
  logs: otlpMessage('ExportLogsServiceRequest'),
};

/**
 * What another implementation (`@bufbuild/protobuf`) makes of the same bytes. Returns how ours differs without a stated
 * reason, `undefined` when it does not. Stated differences: texts that are not UTF-8 and nesting limits, where we keep
 * more; those of {@link readingDifference}.
 *
 * @param ours what our decoder made of `bytes`, or the message of its refusal
 */
export function compareWithOracle(
  signal: Signal,
  bytes: Buffer,
  ours: DecodedRequest<DecodedSpan | DecodedLog> | string,
): string | undefined {
  const message = MESSAGES[signal];
  let theirs: ReturnType<typeof fromBinary>;
  try {
    theirs = fromBinary(message, bytes);
  } catch (error) {
    const problem = String(error);
    if (typeof ours === 'string' || /utf-?8|recursion|depth/i.test(problem)) return undefined;
    const excuse = readingDifference(bytes, message);
    return excuse === undefined || excuse === OVERRUN
      ? `accepted; the other one says: ${problem}`
      : undefined;
  }
  if (typeof ours === 'string') {
    if (/nested deeper|more than \d+ (spans|logRecords)/.test(ours)) return undefined;
    return readingDifference(bytes, message) === undefined
      ? `refused (${ours}); the other one accepts`
      : undefined;
  }
  // Ids of a wrong length are told apart by ours only.
  if (ours.rejected.length > 0 || readingDifference(bytes, message) !== undefined) return undefined;
  const json = Buffer.from(JSON.stringify(toJson(message, theirs)));
  const again = signal === 'traces' ? decodeJsonTraces(json) : decodeJsonLogs(json);
  return isDeepStrictEqual(again.items, ours.items)
    ? undefined
    : 'the values differ from those of the other one';
}
