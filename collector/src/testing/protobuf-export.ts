import { fromJson, toBinary } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';
import { otlpMessage } from './otlp-schema.ts';

interface SpanFields {
  readonly traceId?: Buffer;
  readonly name?: string;
}

/** An export request with one span of its own, as a sender encodes it. */
export function traceExport({ traceId = randomBytes(16), name = 'work' }: SpanFields = {}): Buffer {
  const now = String(BigInt(Date.now()) * 1_000_000n);
  const span = {
    traceId: traceId.toString('base64'),
    spanId: randomBytes(8).toString('base64'),
    name,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
  };
  return encoded('ExportTraceServiceRequest', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

/** An export request with one log record. */
export function logExport(): Buffer {
  const log = { body: { stringValue: `line ${randomBytes(4).toString('hex')}` } };
  return encoded('ExportLogsServiceRequest', { resourceLogs: [{ scopeLogs: [{ logRecords: [log] }] }] });
}

function encoded(message: string, json: Parameters<typeof fromJson>[1]): Buffer {
  const schema = otlpMessage(message);
  return Buffer.from(toBinary(schema, fromJson(schema, json)));
}
