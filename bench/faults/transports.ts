import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { jsonBody, protobufBody } from './export-body.ts';
import type { SentRequest } from './ledger.ts';

/** As long as exporters wait for an answer by default, ms. */
export const SENDER_TIMEOUT_MS = 10_000;
const CANCELLED = 1;
const DEADLINE_EXCEEDED = 4;
const UNAVAILABLE = 14;
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

export interface Addresses {
  readonly otlp: string;
  readonly grpc: string;
}

/** Sends a request; resolves with the HTTP status or its like, 0 when there is no answer. */
export interface Transport {
  readonly name: string;
  send(request: SentRequest): Promise<number>;
  close(): void;
}

type Body = Uint8Array<ArrayBuffer> | string;

function http(
  name: string,
  { otlp }: Addresses,
  encode: (request: SentRequest) => Body,
  headers: object,
): Transport {
  return {
    name,
    send: async (request) => {
      try {
        const response = await fetch(`${otlp}/v1/traces`, {
          method: 'POST',
          headers: { ...headers },
          body: encode(request),
          signal: AbortSignal.timeout(SENDER_TIMEOUT_MS),
        });
        await response.arrayBuffer();
        return response.status;
      } catch {
        return 0;
      }
    },
    close: () => undefined,
  };
}

function grpc({ grpc: address }: Addresses): Transport {
  const client = new Client(new URL(address).host, credentials.createInsecure());
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    name: 'grpc',
    send: (request) =>
      new Promise((resolve) => {
        client.makeUnaryRequest(
          EXPORT,
          same,
          same,
          Buffer.from(protobufBody(request)),
          new Metadata(),
          { deadline: Date.now() + SENDER_TIMEOUT_MS },
          (error) => resolve(error === null ? 200 : httpStatusOf(error.code, error.metadata)),
        );
      }),
    close: () => client.close(),
  };
}

/** UNAVAILABLE by the service carries details; the library's own, for a connection that is gone, does not. */
function httpStatusOf(code: number, metadata: Metadata): number {
  if (code === UNAVAILABLE) return metadata.get('grpc-status-details-bin').length > 0 ? 503 : 0;
  return code === DEADLINE_EXCEEDED || code === CANCELLED ? 0 : 400;
}

/** One of each kind that exporters use. */
export function transportsTo(addresses: Addresses): readonly Transport[] {
  const protobuf = { 'content-type': 'application/x-protobuf' };
  return [
    http('json', addresses, jsonBody, { 'content-type': 'application/json' }),
    http('protobuf+gzip', addresses, (request) => new Uint8Array(gzipSync(protobufBody(request))), {
      ...protobuf,
      'content-encoding': 'gzip',
    }),
    grpc(addresses),
    http('protobuf+zstd', addresses, (request) => new Uint8Array(zstdCompressSync(protobufBody(request))), {
      ...protobuf,
      'content-encoding': 'zstd',
    }),
  ];
}
