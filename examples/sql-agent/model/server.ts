import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash32 } from '../world/random.ts';
import { readQuestion } from '../world/question.ts';
import { proposeLessons } from './analyst.ts';
import {
  BadRequest,
  chunksOf,
  completionOf,
  readChatRequest,
  recordOf,
  type AnswerHead,
  type ChatRequest,
} from './chat.ts';
import { embeddingOf } from './embedding.ts';
import { writeSql, type Mind } from './sql-writer.ts';

/** The model's name in `/v1/models` and in every answer. */
export const SIMULATED_MODEL = 'simulated-sql-1';
/** JSON schema by which a prompt asks for lessons. */
const LESSONS_SCHEMA = 'lessons';
const BODY_BYTES_MAX = 4 * 1024 * 1024;
/** Different prompts whose attempts are counted; past this the counts start again, which only repeats some noise. */
const PROMPTS_MAX = 200_000;
const UNANSWERABLE = 'I cannot answer this.';

export interface ModelServer {
  /** For `OPENAI_BASE_URL`, with `/v1`. */
  readonly url: string;
  close(): Promise<void>;
}

/** A model that answers from the text of its prompt alone; `attempt` tells repeated identical prompts apart. */
export interface SimulatedModel {
  /** In `/v1/models`. */
  readonly name: string;
  /** Goes into the ids of answers. */
  readonly seed: number | string;
  answer(request: ChatRequest, attempt: number): string;
}

/**
 * Serves the simulated model of a database's world: it answers questions with SQL, and requests for lessons with lessons.
 * @param port 0 = any free one
 */
export function startModelServer(mind: Mind, port = 0): Promise<ModelServer> {
  const answer = (request: ChatRequest, attempt: number): string => {
    if (request.schemaName === LESSONS_SCHEMA) {
      return JSON.stringify({ lessons: proposeLessons(mind, request.user, attempt) });
    }
    const question = request.user.split('\n').findLast((line) => readQuestion(line.trim()) !== undefined);
    if (question === undefined) return UNANSWERABLE;
    const advice = `${request.instructions}\n${request.user}`;
    return writeSql(mind, advice, question.trim(), attempt) ?? UNANSWERABLE;
  };
  return serveModel({ name: SIMULATED_MODEL, seed: mind.seed, answer }, port);
}

/**
 * Serves a simulated model on loopback, in OpenAI's protocol: chat completions (plain, streamed, structured), embeddings,
 * models. It is given no header, no id and no parameter besides the ones the protocol needs. Repeated identical prompts
 * get different noise, by a count per prompt.
 * @param port 0 = any free one
 */
export async function serveModel(model: SimulatedModel, port = 0): Promise<ModelServer> {
  const attempts = new Map<number, number>();
  let answers = 0;

  const answer = (request: ChatRequest): string => {
    const prompt = hash32(request.instructions, request.user);
    const attempt = attempts.get(prompt) ?? 0;
    if (attempts.size >= PROMPTS_MAX) attempts.clear();
    attempts.set(prompt, attempt + 1);
    return model.answer(request, attempt);
  };

  const chat = (body: unknown, response: ServerResponse): void => {
    const request = readChatRequest(body);
    answers += 1;
    const head: AnswerHead = {
      id: `chatcmpl-${hash32('answer', model.seed, answers).toString(36)}${answers.toString(36)}`,
      model: request.model,
      created: Math.floor(Date.now() / 1000),
    };
    const text = answer(request);
    if (!request.stream) {
      sendJson(response, 200, completionOf(head, request, text));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    for (const chunk of chunksOf(head, request, text)) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    response.end('data: [DONE]\n\n');
  };

  const server = createServer((request, response) => {
    respond(request, response, chat, model.name).catch((error: unknown) => {
      const [status, message] =
        error instanceof BadRequest
          ? [400, error.message]
          : [500, `the simulated model failed: ${String(error)}`];
      sendError(response, status, message);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/v1`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  chat: (body: unknown, response: ServerResponse) => void,
  model: string,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  switch (`${request.method ?? ''} ${path}`) {
    case 'GET /v1/models':
      sendJson(response, 200, {
        object: 'list',
        data: [{ id: model, object: 'model', created: 0, owned_by: 'tracelore-examples' }],
      });
      return;
    case 'POST /v1/chat/completions':
      chat(await readJson(request), response);
      return;
    case 'POST /v1/embeddings':
      sendJson(response, 200, embeddings(await readJson(request)));
      return;
    default:
      sendError(response, 404, `unknown request ${request.method ?? ''} ${path ?? ''}`);
  }
}

function embeddings(body: unknown): unknown {
  const { input, model } = recordOf(body, 'the body');
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  const data = texts.map((text, index) => {
    if (typeof text !== 'string') throw new BadRequest('input: expected a text or a list of texts');
    return { object: 'embedding', index, embedding: embeddingOf(text) };
  });
  return { object: 'list', model, data, usage: { prompt_tokens: 0, total_tokens: 0 } };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    if (!Buffer.isBuffer(piece)) continue;
    bytes += piece.length;
    if (bytes > BODY_BYTES_MAX) throw new BadRequest(`the body is larger than ${BODY_BYTES_MAX} bytes`);
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch {
    throw new BadRequest('the body is not JSON');
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function sendError(response: ServerResponse, status: number, message: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  sendJson(response, status, { error: { message, type, param: null, code: null } });
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
