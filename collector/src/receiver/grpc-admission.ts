import type * as GrpcModule from '@grpc/grpc-js';
import type { Metadata, ServerInterceptor, StatusObject } from '@grpc/grpc-js';
import { Refusal } from '../errors.ts';
import type { ProjectClaim } from '../project.ts';
import type { Headers } from './api-keys.ts';

/** The package, loaded. */
export type Grpc = typeof GrpcModule;

/** How a call ends that is not accepted. */
export type GrpcRefusal = Pick<StatusObject, 'code' | 'details' | 'metadata'>;

export interface Admission {
  /** Time for the whole message to arrive, ms: ends senders that trickle bytes. */
  readonly timeoutMs: number;
  /** Decides by the headers; throws what `refuse` turns into a status. */
  readonly admit: (headers: Headers) => ProjectClaim;
  readonly refuse: (error: unknown) => GrpcRefusal;
  /** Told whose call these headers belong to. */
  readonly admitted: (metadata: Metadata, claim: ProjectClaim) => void;
}

/** Refuses calls by their headers, before their message is read and inflated. */
export function admission(grpc: Grpc, { timeoutMs, admit, refuse, admitted }: Admission): ServerInterceptor {
  return (_method, call) => {
    let timer: NodeJS.Timeout | undefined;
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          admitted(metadata, admit(headersOf(metadata)));
        } catch (error) {
          call.sendStatus(refuse(error));
          return;
        }
        timer = setTimeout(
          () =>
            call.sendStatus(
              refuse(new Refusal('overloaded', 'the message did not arrive in time: send again')),
            ),
          timeoutMs,
        ).unref();
        next(metadata);
      })
      .withOnReceiveHalfClose((next) => {
        clearTimeout(timer);
        next();
      })
      .withOnCancel(() => clearTimeout(timer))
      .build();
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        clearTimeout(timer);
        next(status);
      })
      .build();
    return new grpc.ServerInterceptingCall(call, responder);
  };
}

/** Metadata as headers; of several values the first counts. */
function headersOf(metadata: Metadata): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata.getMap()))
    if (typeof value === 'string') headers[name] = value;
  return headers;
}
