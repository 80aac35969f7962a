import { gzipSync } from 'node:zlib';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface PostOptions {
  readonly path?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
}

/** Sends one export request; protobuf for bytes, JSON for objects. */
export async function post(
  url: string,
  body: Uint8Array | object,
  options: PostOptions = {},
): Promise<Answer> {
  const isBytes = body instanceof Uint8Array;
  const bytes = isBytes ? body : Buffer.from(JSON.stringify(body));
  const response = await fetch(url + (options.path ?? '/v1/traces'), {
    method: 'POST',
    headers: {
      'content-type': options.type ?? (isBytes ? 'application/x-protobuf' : 'application/json'),
      ...(options.gzip === true ? { 'content-encoding': 'gzip' } : {}),
      ...options.headers,
    },
    body: new Uint8Array(options.gzip === true ? gzipSync(bytes) : bytes),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

let spans = 0;

/** The parts of a JSON export request that tests change. */
export interface SpanRequest {
  readonly resourceSpans: {
    resource: object;
    readonly scopeSpans: { readonly scope: object; readonly spans: object[] }[];
  }[];
}

/** A JSON export request with one span of its own. */
export function spanRequest(fields: Readonly<Record<string, unknown>> = {}): SpanRequest {
  spans += 1;
  const id = spans.toString(16);
  const start = BigInt(Date.now()) * 1_000_000n;
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'test' } }] },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: [
              {
                traceId: id.padStart(32, 'a'),
                spanId: id.padStart(16, 'b'),
                name: `span ${id}`,
                kind: 1,
                startTimeUnixNano: String(start),
                endTimeUnixNano: String(start + 1_000_000n),
                ...fields,
              },
            ],
          },
        ],
      },
    ],
  };
}
