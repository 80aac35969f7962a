import type {
  sendUnaryData,
  Server,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedHandleCall,
} from '@grpc/grpc-js';
import type { AddressInfo } from 'node:net';
import { countRefusal } from '../counters.ts';
import type { Signal } from '../decode/decoded-request.ts';
import { CollectorError, Refusal } from '../errors.ts';
import type { ProjectClaim } from '../project.ts';
import { encodeAnswer, encodeRefusal, rpcStatusOf } from './answer.ts';
import type { ConnectionLimits } from './connection-cap.ts';
import { admission, type Grpc, type GrpcRefusal } from './grpc-admission.ts';
import { messageOf, type MessageForm } from './grpc-message.ts';
import { GrpcListener } from './grpc-listener.ts';
import type { ReceiverParts } from './http-receiver.ts';

/** Calls at a time on one connection; senders wait for one to end. */
const CALLS_PER_CONNECTION_MAX = 100;
/** A connection without calls is asked whether it is alive this often, ms, and closed when it does not answer in time. */
const KEEP_ALIVE_INTERVAL_MS = 60_000;
const KEEP_ALIVE_TIMEOUT_MS = 20_000;
/** A connection without calls is closed after this, ms. */
const CONNECTION_IDLE_MS = 600_000;

const SERVICES: Readonly<Record<Signal | 'metrics', string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};

export interface GrpcReceiverOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** Largest message, before and after inflation. */
  readonly bodyBytesMax: number;
  readonly requestTimeoutMs: number;
}

/** A call that was let in. */
interface Admitted {
  readonly claim: ProjectClaim;
  readonly form: MessageForm;
}

/**
 * OTLP over gRPC, on the same way as HTTP from the decoder on. Keys and rate are checked before a message is read. Every
 * failure is answered with a status that makes the sender do the right thing: never UNKNOWN, which would drop its data.
 */
export class GrpcReceiver {
  readonly #options: GrpcReceiverOptions;
  readonly #parts: ReceiverParts;
  #server: Server | undefined;
  #listener: GrpcListener | undefined;

  constructor(options: GrpcReceiverOptions, parts: ReceiverParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Rejects with a {@link CollectorError}: the address cannot be used, or `@grpc/grpc-js` is not installed. */
  async listen(): Promise<Pick<AddressInfo, 'address' | 'port'>> {
    const grpc = await loadGrpc();
    const { bodyBytesMax } = this.#options;
    const admitted = new WeakMap<object, Admitted>();
    const server = new grpc.Server({
      'grpc.max_receive_message_length': bodyBytesMax,
      'grpc.max_concurrent_streams': CALLS_PER_CONNECTION_MAX,
      'grpc.keepalive_time_ms': KEEP_ALIVE_INTERVAL_MS,
      'grpc.keepalive_timeout_ms': KEEP_ALIVE_TIMEOUT_MS,
      'grpc.max_connection_idle_ms': CONNECTION_IDLE_MS,
      interceptors: [
        admission(grpc, {
          timeoutMs: this.#options.requestTimeoutMs,
          admit: (headers) => this.#admit(headers),
          refuse: (error) => this.#refusal(grpc, error),
          answered: (path, code, ms) => this.#parts.timings.answered('grpc', signalOf(path), code, ms),
          admitted: (metadata, claim, form) => admitted.set(metadata, { claim, form }),
        }),
      ],
    });
    for (const signal of ['traces', 'logs', 'metrics'] as const)
      server.addService(definition(SERVICES[signal]), { Export: this.#handler(grpc, signal, admitted) });
    this.#server = server;
    // With TLS too: the connections that it gets are past their handshake.
    const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
    this.#listener = new GrpcListener(this.#options, this.#parts.tls, injector);
    return await this.#listener.listen();
  }

  /** Resolves when every connection has ended; those that last beyond `deadlineMs` are cut. */
  async close(deadlineMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#server?.forceShutdown();
      this.#listener?.cut();
    }, deadlineMs);
    const closed = this.#listener?.close();
    // It asks the senders to leave after the calls in progress, and says so too early: the connections are ours.
    this.#server?.tryShutdown(() => undefined);
    await closed;
    clearTimeout(timer);
  }

  #admit(headers: Parameters<ReceiverParts['keys']['claim']>[0]): ProjectClaim {
    const { counters, keys, limiter, admit } = this.#parts;
    counters.requests += 1;
    const claim = keys.claim(headers);
    admit();
    limiter.admit(claim.sender);
    return claim;
  }

  #handler(grpc: Grpc, signal: Signal | 'metrics', calls: WeakMap<object, Admitted>): UntypedHandleCall {
    return (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const answer = async (): Promise<void> => {
        let body: Buffer;
        try {
          body = await this.#export(signal, call.request, calls.get(call.metadata));
        } catch (error) {
          callback(this.#refusal(grpc, error));
          return;
        }
        callback(null, body);
      };
      void answer();
    };
  }

  async #export(signal: Signal | 'metrics', sent: Buffer, call: Admitted | undefined): Promise<Buffer> {
    const { counters, budget, limiter } = this.#parts;
    if (signal === 'metrics')
      throw new Refusal(
        'unsupported_signal',
        'metrics are not stored: set OTEL_METRICS_EXPORTER=none or send them elsewhere',
      );
    if (call === undefined) throw new Error('a call without admission');
    const { claim, form } = call;
    const share = budget.share();
    try {
      counters.bytesReceived += sent.length;
      limiter.spend(claim.sender, sent.length);
      const body = await messageOf(sent, form, this.#options.bodyBytesMax, share);
      return encodeAnswer(
        await this.#parts.export({
          signal,
          encoding: 'protobuf',
          body,
          claim,
          onRead: () => share.release(),
        }),
        signal,
        'protobuf',
      );
    } finally {
      share.release();
    }
  }

  /** Status with the details of the refusal: what is wrong, or when to send again. */
  #refusal(grpc: Grpc, error: unknown): GrpcRefusal {
    const isExpected = error instanceof Refusal;
    const refusal = isExpected ? error : new Refusal('internal', 'unexpected failure: send again');
    if (!isExpected) this.#parts.onUnexpected(error);
    countRefusal(this.#parts.counters, refusal.code);
    const metadata = new grpc.Metadata();
    metadata.set('grpc-status-details-bin', encodeRefusal(refusal, 'protobuf'));
    return { code: rpcStatusOf(refusal.code), details: shortDetails(refusal.message), metadata };
  }
}

/** Most characters of a message in the trailers: senders limit the size of all headers together, often to 8 KiB. */
const DETAILS_CHARACTERS_MAX = 500;

function shortDetails(message: string): string {
  return message.length > DETAILS_CHARACTERS_MAX
    ? `${message.slice(0, DETAILS_CHARACTERS_MAX - 1)}…`
    : message;
}

/** Signal of the method's path. */
function signalOf(path: string): Signal | 'other' {
  const signals = ['traces', 'logs'] as const;
  return signals.find((signal) => path.startsWith(`/${SERVICES[signal]}/`)) ?? 'other';
}

/** One method; messages stay bytes, our own decoder reads them. */
function definition(service: string): ServiceDefinition {
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    Export: {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  };
}

async function loadGrpc(): Promise<Grpc> {
  try {
    return await import('@grpc/grpc-js');
  } catch (error) {
    throw new CollectorError(
      'missing_package',
      'grpcPort needs the package @grpc/grpc-js, which is not installed: npm install @grpc/grpc-js, or send by HTTP',
      { cause: error },
    );
  }
}
