import { Buffer } from 'node:buffer';
import type { Signal } from '../decode/decoded-request.ts';
import type { Refusal, RefusalCode } from '../errors.ts';
import { ANSWER_MESSAGE_CHARACTERS_MAX } from '../limits.ts';
import type { Encoding } from './media-type.ts';
import { bytesField, ProtobufWriter } from './protobuf-writer.ts';

/** Result of an accepted request: how many of its items were left out, and what the sender should be told. */
export interface ExportAnswer {
  readonly rejected: number;
  /** `''` when everything was fine. */
  readonly message: string;
}

const UNAVAILABLE = 14;

/** HTTP status and `google.rpc.Code` of each refusal. Only 429, 502, 503 and 504 make a sender try again. */
const STATUSES: Readonly<Record<RefusalCode, readonly [http: number, rpc: number]>> = {
  undecodable: [400, 3],
  bad_compression: [400, 3],
  incomplete_body: [400, 3],
  data_refused: [400, 3],
  unauthenticated: [401, 16],
  forbidden: [403, 7],
  unknown_path: [404, 12],
  unsupported_signal: [404, 12],
  method_not_allowed: [405, 12],
  too_large: [413, 8],
  too_many_items: [413, 8],
  unsupported_media_type: [415, 3],
  unsupported_encoding: [415, 12],
  // As gRPC status: RESOURCE_EXHAUSTED would mean that the request itself is too large.
  rate_limited: [429, 14],
  overloaded: [503, 14],
  shutting_down: [503, 14],
  store_unavailable: [503, 14],
  disk_full: [503, 14],
  spool_full: [503, 14],
  // A retry can cure what we did not expect; 500 would make the sender drop its data.
  internal: [503, 14],
};

export function httpStatusOf(code: RefusalCode): number {
  return STATUSES[code][0];
}

export function rpcStatusOf(code: RefusalCode): number {
  return STATUSES[code][1];
}

/** A retry can cure it. */
export function isRetryable(code: RefusalCode): boolean {
  return rpcStatusOf(code) === UNAVAILABLE;
}

/** `Export{Trace,Logs}ServiceResponse`. `partial_success` stays unset on full success. */
export function encodeAnswer(answer: ExportAnswer, signal: Signal, encoding: Encoding): Buffer {
  const message = shortened(answer.message);
  if (encoding === 'json') {
    if (answer.rejected === 0 && message === '') return Buffer.from('{}');
    const count = String(answer.rejected);
    return Buffer.from(
      JSON.stringify({
        partialSuccess: {
          ...(signal === 'traces' ? { rejectedSpans: count } : { rejectedLogRecords: count }),
          errorMessage: message,
        },
      }),
    );
  }
  if (answer.rejected === 0 && message === '') return Buffer.alloc(0);
  const partial = new ProtobufWriter().varint(1, answer.rejected).text(2, message).finish();
  return bytesField(1, partial);
}

const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/** `google.rpc.Status`, with a `BadRequest` in its details when a field is at fault, a `RetryInfo` when a retry can cure it. */
export function encodeRefusal(refusal: Refusal, encoding: Encoding): Buffer {
  const code = rpcStatusOf(refusal.code);
  const message = shortened(refusal.message);
  if (encoding === 'json') {
    const details = jsonDetails(refusal, message);
    return Buffer.from(JSON.stringify({ code, message, ...(details.length === 0 ? {} : { details }) }));
  }
  const status = new ProtobufWriter().varint(1, code).text(2, message);
  for (const [type, detail] of protobufDetails(refusal, message))
    status.bytes(3, new ProtobufWriter().text(1, type).bytes(2, detail).finish());
  return status.finish();
}

function jsonDetails(refusal: Refusal, message: string): object[] {
  if (refusal.code === 'undecodable')
    return [{ '@type': BAD_REQUEST, fieldViolations: [{ field: refusal.field, description: message }] }];
  if (!isRetryable(refusal.code)) return [];
  return [{ '@type': RETRY_INFO, retryDelay: `${(refusal.retryAfterMs / 1_000).toFixed(3)}s` }];
}

function protobufDetails(refusal: Refusal, message: string): [type: string, detail: Buffer][] {
  if (refusal.code === 'undecodable') {
    const violation = new ProtobufWriter().text(1, refusal.field).text(2, message).finish();
    return [[BAD_REQUEST, bytesField(1, violation)]];
  }
  if (!isRetryable(refusal.code)) return [];
  const seconds = Math.floor(refusal.retryAfterMs / 1_000);
  const nanos = Math.floor(refusal.retryAfterMs % 1_000) * 1_000_000;
  const delay = new ProtobufWriter().varint(1, seconds).varint(2, nanos).finish();
  return [[RETRY_INFO, bytesField(1, delay)]];
}

function shortened(message: string): string {
  return message.length > ANSWER_MESSAGE_CHARACTERS_MAX
    ? `${message.slice(0, ANSWER_MESSAGE_CHARACTERS_MAX - 1)}…`
    : message;
}
