import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import type { Fault } from './fault.ts';
import { conclude } from './fault.ts';
import { Ledger } from './ledger.ts';
import { sendFor } from './senders.ts';
import { startService, type Service } from './service.ts';

const MIB = 1_048_576;
/** The limit of a body, and one byte more. */
const SIZES = [64 * MIB, 64 * MIB + 1] as const;
/** Of each kind at a time. */
const AT_A_TIME = 16;
const CODECS = { gzip: gzipSync, deflate: deflateSync, zstd: zstdCompressSync } as const;

interface Bomb {
  readonly encoding: string;
  readonly body: Buffer<ArrayBuffer>;
}

/** Zeroes shrink to a thousandth; noise in front makes the small ones large enough for the thread pool. */
function bombs(): Bomb[] {
  return SIZES.flatMap((size) =>
    Object.entries(CODECS).map(([encoding, compress]) => ({
      encoding,
      body: Buffer.from(compress(Buffer.alloc(size))),
    })),
  );
}

async function byHttp({ otlp }: Service, { encoding, body }: Bomb): Promise<number> {
  const response = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': encoding },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

/** The library compresses what is sent; resolves with its code. */
async function byGrpc({ grpc }: Service, size: number): Promise<number> {
  const client = new Client(new URL(grpc).host, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
    'grpc.max_send_message_length': -1,
  });
  const same = (bytes: Buffer): Buffer => bytes;
  const code = await new Promise<number>((resolve) => {
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      same,
      same,
      Buffer.alloc(size),
      new Metadata(),
      (error) => resolve(error?.code ?? 0),
    );
  });
  client.close();
  return code;
}

export const bombFault: Fault = {
  name: 'bombs',
  what: 'bodies that inflate to 64 MiB and one byte more, many at a time, over HTTP and gRPC',
  run: async (directory) => {
    const ledger = new Ledger();
    const service = await startService(directory);
    await sendFor(1_000, service, ledger);
    const load = sendFor(8_000, service, ledger);
    const statuses = new Map<string, number>();
    const count = (answer: string): void => void statuses.set(answer, (statuses.get(answer) ?? 0) + 1);
    for (const bomb of bombs())
      for (const status of await Promise.all(Array.from({ length: AT_A_TIME }, () => byHttp(service, bomb))))
        count(String(status));
    for (const size of SIZES)
      for (const code of await Promise.all(Array.from({ length: AT_A_TIME }, () => byGrpc(service, size))))
        count(`grpc ${code}`);
    await load;
    const concluded = await conclude(service, ledger, directory);
    // Undecodable, too large, no room now; the same over gRPC.
    const unexpected = [...statuses.keys()].filter((answer) => !/^(400|413|503|grpc (3|8|14))$/.test(answer));
    return {
      ...concluded,
      violations: [
        ...concluded.violations,
        ...(unexpected.length === 0 ? [] : [`answers ${unexpected.join(', ')}`]),
      ],
      note: [...statuses].map(([answer, times]) => `${answer}×${times}`).join(' '),
    };
  },
};
