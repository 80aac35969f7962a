import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers that senders in a browser may set. */
const REQUEST_HEADERS = 'authorization, content-encoding, content-type, x-api-key, x-tracelore-project';
/** How long a browser may remember the answer to its question, seconds. */
const MAX_AGE_S = '7200';

/** Whether pages of this origin may send. `*` stands for all of them, then without credentials of the browser. */
export function isAllowedOrigin(origins: readonly string[], origin: string | undefined): origin is string {
  return origin !== undefined && (origins.includes(origin) || origins.includes('*'));
}

/** Lets a page of an allowed origin read the answer. Without configured origins nothing is said. */
export function allowOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  origins: readonly string[],
): void {
  if (origins.length === 0) return;
  response.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (!isAllowedOrigin(origins, origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'retry-after');
  if (origins.includes(origin)) response.setHeader('access-control-allow-credentials', 'true');
}

/** The question a browser asks before it sends. */
export function isPreflight(request: IncomingMessage, origins: readonly string[]): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.headers['access-control-request-method'] !== undefined &&
    isAllowedOrigin(origins, request.headers.origin)
  );
}

export function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': REQUEST_HEADERS,
    'access-control-max-age': MAX_AGE_S,
  });
  response.end();
}
