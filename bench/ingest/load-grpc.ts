import { Client, credentials } from '@grpc/grpc-js';
import { ANSWER_MS_MAX, meanBytes, loadOptions, sendAll, sendWhenTold } from './load-options.ts';
import { requestBody, SPANS_PER_REQUEST } from './payload.ts';

/** Calls per connection at a time; a client of gRPC opens one connection. */
const CLIENTS = 4;

/** The raw generator over gRPC: bodies encoded first, sent as they are. */
const { url, shape, requests, first, connections } = loadOptions();
const startMs = Date.now() - 120_000;
const bodies = Array.from({ length: requests }, (_, index) => requestBody(shape, first + index, startMs));
const method =
  shape === 'log'
    ? '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
    : '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
// A client per channel: with the same address and options they would share one.
const clients = Array.from(
  { length: CLIENTS },
  () => new Client(new URL(url).host, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 }),
);
let next = 0;
sendWhenTold(meanBytes(bodies, SPANS_PER_REQUEST), async () => {
  await sendAll(bodies, connections, call);
  for (const client of clients) client.close();
});

function call(body: Uint8Array): Promise<void> {
  next = (next + 1) % CLIENTS;
  return new Promise((resolve, reject) => {
    clients[next]?.makeUnaryRequest(
      method,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      body,
      { deadline: Date.now() + ANSWER_MS_MAX },
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
}
