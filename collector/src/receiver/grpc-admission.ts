import type * as GrpcModule from '@grpc/grpc-js';
import type { Metadata, ServerInterceptor, StatusObject } from '@grpc/grpc-js';
import { Refusal } from '../errors.ts';
import type { ProjectClaim } from '../project.ts';
import type { Headers } from './api-keys.ts';
import { encodingOf, leaveFramed, type MessageForm } from './grpc-message.ts';

/**
 * Messages that may be on their way at a time, of all connections together. The library collects each in memory before
 * anybody can count it, so it is their number that bounds it.
 */
export const MESSAGES_ARRIVING_MAX = 128;

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
  /** Told how a call ended: the path of its method, its status, and the time since its headers, ms. */
  readonly answered: (path: string, code: number, ms: number) => void;
  /** Told whose call these headers belong to, and how its message will come. */
  readonly admitted: (metadata: Metadata, claim: ProjectClaim, form: MessageForm) => void;
}

/** Refuses calls by their headers, before their message is read and inflated. */
export function admission(
  grpc: Grpc,
  { timeoutMs, admit, refuse, answered, admitted }: Admission,
): ServerInterceptor {
  let messagesArriving = 0;
  return ({ path }, call) => {
    const isFramed = leaveFramed(call);
    let isArriving = false;
    const arrived = (): void => {
      clearTimeout(timer);
      if (isArriving) messagesArriving -= 1;
      isArriving = false;
    };
    let timer: NodeJS.Timeout | undefined;
    let isReceived = false;
    const beganAt = performance.now();
    const librarySend = call.sendStatus.bind(call);
    const sendStatus: typeof librarySend = (status) => {
      answered(path, status.code ?? grpc.status.UNKNOWN, performance.now() - beganAt);
      librarySend(status);
    };
    const end = (error: unknown): void => {
      arrived();
      sendStatus(refuse(error));
    };
    // The library ends calls by itself, past all interceptors: its statuses would make senders drop what can be sent
    // again, and nobody would count them.
    call.sendStatus = (status) => {
      const refusal = refusalOf(grpc, status, isReceived);
      if (refusal === undefined) sendStatus(status);
      else end(refusal);
    };
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        try {
          admitted(metadata, admit(headersOf(metadata)), { isFramed, encoding: encodingOf(call) });
          if (messagesArriving >= MESSAGES_ARRIVING_MAX)
            throw new Refusal('overloaded', 'too many messages are on their way: send again later');
          messagesArriving += 1;
          isArriving = true;
        } catch (error) {
          end(error);
          return;
        }
        timer = setTimeout(
          () => end(new Refusal('overloaded', 'the message did not arrive in time: send again')),
          timeoutMs,
        ).unref();
        next(metadata);
      })
      .withOnReceiveHalfClose((next) => {
        arrived();
        isReceived = true;
        next();
      })
      .withOnCancel(arrived)
      .build();
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        arrived();
        next(status);
      })
      .build();
    return new grpc.ServerInterceptingCall(call, responder);
  };
}

interface LibraryStatus {
  readonly code?: number | null | undefined;
  readonly details?: string | null | undefined;
}

/** What a status of the library's own means, if it is one that a sender must not get. */
function refusalOf(grpc: Grpc, { code, details }: LibraryStatus, isReceived: boolean): Refusal | undefined {
  const { INTERNAL, RESOURCE_EXHAUSTED, UNKNOWN } = grpc.status;
  if (!isReceived && code === RESOURCE_EXHAUSTED) return new Refusal('too_large', details ?? 'too large');
  if (!isReceived && code === INTERNAL) return new Refusal('bad_compression', details ?? 'not readable');
  return code === INTERNAL || code === UNKNOWN
    ? new Refusal('internal', 'unexpected failure: send again')
    : undefined;
}

/** Metadata as headers; of several values the first counts. */
function headersOf(metadata: Metadata): Headers {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata.getMap()))
    if (typeof value === 'string') headers[name] = value;
  return headers;
}
