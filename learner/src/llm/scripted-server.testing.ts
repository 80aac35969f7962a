import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as readJson } from 'node:stream/consumers';

/** One request as the scripted server saw it. */
export interface SeenRequest {
  readonly body: {
    readonly model?: string;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: { readonly type: string; readonly json_schema?: { readonly name: string } };
  };
}

/** What the server answers: the content of the assistant's message, or a status with headers, or silence (`hang`). */
export type ScriptedAnswer =
  | { readonly content: string; readonly finishReason?: string; readonly refusal?: string }
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
    }
  | { readonly raw: string }
  | 'hang';

export interface ScriptedServer {
  readonly baseUrl: string;
  readonly seen: readonly SeenRequest[];
  close(): Promise<void>;
}

/** A test double of a chat-completions server: real HTTP on a free port, answers by the script. */
export async function startScriptedServer(
  script: (request: SeenRequest, index: number) => ScriptedAnswer,
): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void answerTo(request, response);
  });
  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry: SeenRequest = { body: await readBody(request) };
    seen.push(entry);
    const answer = script(entry, seen.length - 1);
    if (answer === 'hang') return;
    if ('status' in answer) {
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(JSON.stringify({ error: { message: answer.message ?? 'scripted', type: 'scripted' } }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('raw' in answer ? answer.raw : completion(answer));
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<SeenRequest['body']> {
  return (await readJson(request)) as SeenRequest['body'];
}

function completion(answer: { content: string; finishReason?: string; refusal?: string }): string {
  return JSON.stringify({
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 0,
    model: 'scripted',
    choices: [
      {
        index: 0,
        finish_reason: answer.finishReason ?? 'stop',
        message: { role: 'assistant', content: answer.content, refusal: answer.refusal ?? null },
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  });
}
