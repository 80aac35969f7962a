import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** A chat completion request as it came over the wire. */
export interface ModelRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly headers: IncomingMessage['headers'];
  /** Fulfilled when the connection of this request was closed. */
  readonly closed: Promise<unknown>;
}

export interface ModelReply {
  readonly text?: string;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly args: unknown }[];
  readonly usage?: Readonly<Record<string, unknown>>;
  readonly finishReason?: string;
  /** Answers with an HTTP error instead. */
  readonly status?: number;
  /** Streams: so many pieces, then the connection is cut. */
  readonly cutAfter?: number;
  /** Streams: waits for this after the first piece. */
  readonly hold?: Promise<unknown>;
}

/** An OpenAI-compatible server on a free port that answers by a script: real HTTP, plain and streamed. */
export interface ScriptedModel {
  /** For `configuration.baseURL`. */
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  /** All text that was sent to the model in one request. */
  promptOf(request: ModelRequest | undefined): string;
  close(): Promise<void>;
}

export async function startScriptedModel(
  script: (request: ModelRequest, call: number) => ModelReply | Promise<ModelReply>,
): Promise<ScriptedModel> {
  const requests: ModelRequest[] = [];
  const server = createServer((message, response) => {
    const answer = async (): Promise<void> => {
      const request = await readRequest(message, response);
      requests.push(request);
      const number = requests.length;
      const reply = await script(request, number);
      if (request.body['stream'] === true && reply.status === undefined) {
        await stream(response, request, reply, number);
      } else {
        respond(response, request, reply, number);
      }
    };
    answer().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    promptOf: (request) => JSON.stringify(request?.messages ?? []),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(message: IncomingMessage, response: ServerResponse): Promise<ModelRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const body: Record<string, unknown> = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const messages = Array.isArray(body['messages']) ? body['messages'] : [];
  return { body, messages, headers: message.headers, closed: once(response, 'close') };
}

const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 8,
  total_tokens: 28,
  prompt_tokens_details: { cached_tokens: 5 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

function callsOf(reply: ModelReply): readonly Readonly<Record<string, unknown>>[] {
  return (reply.toolCalls ?? []).map((call, index) => ({
    index,
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  }));
}

function envelope(request: ModelRequest, number: number): Readonly<Record<string, unknown>> {
  return { id: `chatcmpl-${number}`, created: 1_700_000_000, model: `${String(request.body['model'])}-2026` };
}

function respond(response: ServerResponse, request: ModelRequest, reply: ModelReply, number: number): void {
  response.setHeader('content-type', 'application/json');
  if (reply.status !== undefined) {
    response.statusCode = reply.status;
    response.end(JSON.stringify({ error: { message: `scripted ${reply.status}`, type: 'scripted' } }));
    return;
  }
  const calls = callsOf(reply);
  const message = {
    role: 'assistant',
    content: reply.text ?? null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  const finish = reply.finishReason ?? (calls.length === 0 ? 'stop' : 'tool_calls');
  response.end(
    JSON.stringify({
      ...envelope(request, number),
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: finish, logprobs: null }],
      usage: reply.usage ?? USAGE,
    }),
  );
}

async function stream(
  response: ServerResponse,
  request: ModelRequest,
  reply: ModelReply,
  number: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const head = { ...envelope(request, number), object: 'chat.completion.chunk' };
  const send = (choices: unknown, usage: unknown): Promise<void> =>
    new Promise((resolve) => {
      response.write(`data: ${JSON.stringify({ ...head, choices, usage })}\n\n`, () => resolve());
    });
  const calls = callsOf(reply);
  const pieces: readonly unknown[] = [
    ...(reply.text ?? '').split(/(?<= )/u).map((content) => ({ role: 'assistant', content })),
    ...calls.map((call) => ({ role: 'assistant', tool_calls: [call] })),
  ];
  for (const [index, delta] of pieces.entries()) {
    if (reply.cutAfter === index) {
      response.destroy();
      return;
    }
    await send([{ index: 0, delta, finish_reason: null }], null);
    if (index === 0) await reply.hold;
  }
  const finish = reply.finishReason ?? (calls.length === 0 ? 'stop' : 'tool_calls');
  await send([{ index: 0, delta: {}, finish_reason: finish }], null);
  await send([], reply.usage ?? USAGE);
  response.end('data: [DONE]\n\n');
}
