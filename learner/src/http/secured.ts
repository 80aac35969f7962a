import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';

/**
 * Headers that keep an answer from being anything else than data in a browser: not run, framed, guessed, cached or read
 * by another site. A page that sets its own policy keeps it.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
/** Browsers come back with TLS for this long, seconds (a year). */
const TLS_HEADERS: Readonly<Record<string, string>> = {
  ...HEADERS,
  'strict-transport-security': 'max-age=31536000',
};

export function securityHeaders(url: string): Readonly<Record<string, string>> {
  return url.startsWith('https:') ? TLS_HEADERS : HEADERS;
}

export const secured: MiddlewareHandler = async (context, next) => {
  await next();
  if (context.res === RESPONSE_ALREADY_SENT) return;
  const { headers } = context.res;
  for (const [name, value] of Object.entries(securityHeaders(context.req.url)))
    if (!headers.has(name)) headers.set(name, value);
};
