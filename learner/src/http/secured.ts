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
/** Sent over TLS alone: browsers come back with TLS for this long, seconds (a year). */
const STRICT_TRANSPORT = 'max-age=31536000';

export const secured: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
  if (new URL(context.req.url).protocol === 'https:')
    headers.set('strict-transport-security', STRICT_TRANSPORT);
};
