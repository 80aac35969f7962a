import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { traceExport } from '../testing/protobuf-export.ts';
import { RunningCollectors, type RunningCollector } from '../testing/running-collectors.ts';

const collectors = new RunningCollectors();
afterEach(() => collectors.stop());

const KEY = 'key-of-project-alpha';
const BODY_BYTES_MAX = 65_536;
const BROKEN_GZIP = Buffer.from('no gzip');
const UNDECODABLE = gzipSync(Buffer.from([0xff, 0xff]));
/** 64 MiB of zeros in 64 KiB. */
const BOMB = gzipSync(Buffer.alloc(67_108_864));

/**
 * Each request mends one fault of the one before. That it is refused for the next fault, and not for a later one, shows
 * that nothing after it was looked at.
 */
const FAULTS = [
  { fault: 'unauthenticated', key: 'key-of-nobody-at-all', declared: 2 * BODY_BYTES_MAX, body: BROKEN_GZIP },
  { fault: 'too_large', key: KEY, declared: 2 * BODY_BYTES_MAX, body: BROKEN_GZIP },
  { fault: 'bad_compression', key: KEY, declared: undefined, body: BROKEN_GZIP },
  { fault: 'too_large', key: KEY, declared: undefined, body: BOMB },
  { fault: 'undecodable', key: KEY, declared: undefined, body: UNDECODABLE },
  { fault: undefined, key: KEY, declared: undefined, body: gzipSync(traceExport()) },
] as const;

interface Sending {
  readonly key: string;
  readonly body: Buffer;
  /** Length that is named; the body is never ended then. */
  readonly declared: number | undefined;
}

/** Resolves with the status, which may come long before the body has ended. */
function overHttp({ collector }: RunningCollector, { key, body, declared }: Sending): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${collector.address.url}/v1/traces`,
      {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
          'content-length': declared ?? body.length,
        },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
        outgoing.destroy();
      },
    );
    outgoing.on('error', reject);
    if (declared === undefined) outgoing.end(body);
    else outgoing.write(body);
  });
}

function overGrpc({ collector }: RunningCollector, { key, body, declared }: Sending): Promise<number> {
  const session = connectHttp2(`http://127.0.0.1:${collector.address.grpc?.port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    'grpc-encoding': 'gzip',
    authorization: `Bearer ${key}`,
    te: 'trailers',
  });
  const head = Buffer.alloc(5);
  head[0] = 1;
  head.writeUInt32BE(declared ?? body.length, 1);
  return new Promise<number>((resolve, reject) => {
    const settle = (trailers: object): void => {
      if ('grpc-status' in trailers) resolve(Number(trailers['grpc-status']));
    };
    stream.on('response', settle);
    stream.on('trailers', settle);
    stream.on('error', reject);
    stream.resume();
    stream.write(Buffer.concat([head, body]));
    if (declared === undefined) stream.end();
  }).finally(() => session.destroy());
}

test.each([
  { transport: 'HTTP', send: overHttp, answers: [401, 413, 400, 413, 400, 200] },
  { transport: 'gRPC', send: overGrpc, answers: [16, 8, 3, 8, 3, 0] },
])('$transport: key, then size, then inflation, then decoding', async ({ send, answers }) => {
  const running = await collectors.start({
    apiKeys: [{ key: KEY, project: 'alpha' }],
    bodyBytesMax: BODY_BYTES_MAX,
    bytesWaitingMax: 4 * BODY_BYTES_MAX,
    grpcPort: 0,
  });
  for (const [index, { fault, ...sending }] of FAULTS.entries()) {
    const before = running.collector.stats();
    expect(await send(running, sending)).toBe(answers[index]);
    const { refused, bytesReceived, spansReceived } = running.collector.stats();
    const counted = fault === undefined ? {} : { [fault]: (before.refused[fault] ?? 0) + 1 };
    expect(refused).toEqual({ ...before.refused, ...counted });
    expect(spansReceived).toBe(fault === undefined ? 1 : 0);
    // Refused by its headers: nothing of the body was taken.
    const isTaken = sending.declared === undefined && bytesReceived >= before.bytesReceived;
    expect(isTaken || bytesReceived === before.bytesReceived).toBe(true);
  }
  expect(running.store.batches).toHaveLength(1);
});
