import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

import { isRecord } from '../contract/decode.ts';
import type { KnowledgeAnswer } from '../contract/knowledge.ts';
import type { TrialLease } from '../contract/trial.ts';
import { decodeReceivedSpans, type ReceivedSpan } from './received-span.ts';

/** One request as it came in. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** How a path is answered: a status and a body, or `undefined` for the normal answer. May wait, or never resolve. */
export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
};
export type Answerer = (request: ReceivedRequest) => Answer | undefined | Promise<Answer | undefined>;

/**
 * Stand-in for the collector and the learner's API on one port of the loopback interface: takes OTLP/HTTP JSON, answers
 * `get_knowledge`, hands out trials and takes their reports, outcomes included. For tests of programs that use the SDK.
 */
export interface FakeService {
  /** For `apiUrl` and `otlpEndpoint`. */
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Spans received so far, in order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** Bodies posted to a path. */
  bodies(path: string): readonly unknown[];
  /** Replaces the normal answers; `undefined` restores them. */
  answerWith(answerer: Answerer | undefined): void;
  /** What `get_knowledge` answers; default: nothing relevant. */
  serveKnowledge(answer: (request: Readonly<Record<string, unknown>>) => KnowledgeAnswer): void;
  /** Queues trials for the next lease. */
  addTrials(...trials: readonly TrialLease[]): void;
  /** Resolves as soon as the condition holds; it is looked at when a request has come and when it was answered. */
  until(condition: (service: FakeService) => boolean): Promise<void>;
  close(): Promise<void>;
}

const NOTHING_RELEVANT: KnowledgeAnswer = {
  text: '',
  items: [],
  decision: 'none',
  snapshot: 0,
  arm: 'abstained',
};

/** Starts a service on `port`, by default a free one. */
export async function startFakeService(port: number = 0): Promise<FakeService> {
  const service = new LocalService();
  await service.listen(port);
  return service;
}

class LocalService implements FakeService {
  readonly requests: ReceivedRequest[] = [];
  readonly spans: ReceivedSpan[] = [];
  readonly #server: Server;
  readonly #waiters = new Set<() => void>();
  readonly #leases = new Set<() => void>();
  #port = 0;
  #trials: TrialLease[] = [];
  #answerer: Answerer | undefined;
  #knowledge: (request: Readonly<Record<string, unknown>>) => KnowledgeAnswer = () => NOTHING_RELEVANT;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => {
        response.writeHead(500).end(String(error));
      });
    });
  }

  /** Stays after closing: a later service may be started on the same port. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    this.#port = isAddress(address) ? address.port : 0;
  }

  bodies(path: string): readonly unknown[] {
    return this.requests.filter((request) => request.path === path).map((request) => request.body);
  }

  answerWith(answerer: Answerer | undefined): void {
    this.#answerer = answerer;
  }

  serveKnowledge(answer: (request: Readonly<Record<string, unknown>>) => KnowledgeAnswer): void {
    this.#knowledge = answer;
  }

  addTrials(...trials: readonly TrialLease[]): void {
    this.#trials.push(...trials);
    for (const wake of this.#leases) wake();
  }

  until(condition: (service: FakeService) => boolean): Promise<void> {
    if (condition(this)) return Promise.resolve();
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
    });
  }

  close(): Promise<void> {
    for (const wake of this.#leases) wake();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = { path: message.url ?? '', headers: message.headers, body: await readBody(message) };
    this.requests.push(request);
    this.#look();
    const answer = (await this.#answerer?.(request)) ?? (await this.#normalAnswer(request));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
    this.#look();
  }

  #look(): void {
    for (const look of this.#waiters) look();
  }

  async #normalAnswer(request: ReceivedRequest): Promise<Answer> {
    const body = isRecord(request.body) ? request.body : {};
    switch (request.path) {
      case '/v1/traces':
        this.spans.push(...decodeReceivedSpans(body));
        return { status: 200, body: {} };
      case '/v1/knowledge/get':
        return { status: 200, body: this.#knowledge(body) };
      case '/v1/trials/lease':
        return {
          status: 200,
          body: { trials: await this.#lease(Number(body['max']), Number(body['waitMs'])) },
        };
      case '/v1/trials/report':
        return { status: 200, body: { accepted: true } };
      default:
        return { status: 404, body: { title: `no such path: ${request.path}` } };
    }
  }

  async #lease(max: number, waitMs: number): Promise<readonly TrialLease[]> {
    if (this.#trials.length === 0) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#leases.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, waitMs);
        this.#leases.add(wake);
      });
    }
    return this.#trials.splice(0, max);
  }
}

function isAddress(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}

async function readBody(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const bytes = Buffer.concat(chunks);
  const text = (message.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  return parsed;
}
