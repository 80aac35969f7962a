import { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';

/**
 * A good answer that is a text. Cheaper than a `Response`, which makes a stream of its body, by some 50 µs: a fifth of what an
 * answer with rules takes besides finding them.
 */
export class TextAnswer {
  readonly status = 200;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(text: string, headers: Readonly<Record<string, string>>) {
    this.text = text;
    this.headers = headers;
  }

  /** Writes it where the HTTP server waits for it; without a server it becomes a `Response`. */
  send(bindings: unknown, further: Readonly<Record<string, string>>): Response {
    const headers = { ...further, ...this.headers };
    const outgoing: unknown =
      typeof bindings === 'object' && bindings !== null ? Reflect.get(bindings, 'outgoing') : undefined;
    if (!(outgoing instanceof ServerResponse)) return new Response(this.text, { headers });
    outgoing.writeHead(this.status, { ...headers, 'content-length': Buffer.byteLength(this.text) });
    outgoing.end(this.text);
    return RESPONSE_ALREADY_SENT;
  }
}
