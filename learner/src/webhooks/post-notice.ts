import { lookup } from 'node:dns';
import { request as requestPlain, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from './public-address.ts';

/** Time for one attempt, ms. */
export const ATTEMPT_TIMEOUT_MS = 10_000;

/** What became of one attempt. `again` = another one may succeed. */
export type Attempt =
  | { readonly ok: true }
  | { readonly ok: false; readonly again: boolean; readonly reason: string };

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Addresses outside the public internet are allowed. */
  readonly allowsPrivate: boolean;
}

/** Sends one body. Never rejects, never follows a redirect, and connects only to the address that was checked. */
export function postNotice(
  { url, headers, body, allowsPrivate }: Post,
  signal?: AbortSignal,
): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  // A host that is an address is never looked up.
  if (isIP(host) !== 0 && !allowsPrivate && !isPublicAddress(host))
    return Promise.resolve({ ok: false, again: false, reason: privateAddress(host) });
  const deadline = AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    // A connection of its own: one that was kept open would go round the check.
    agent: false,
    signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    ...(allowsPrivate ? {} : { lookup: lookupPublic }),
  };
  const request = (target.protocol === 'https:' ? requestSecure : requestPlain)(
    target,
    options,
    (response) => {
      // What it says does not matter.
      response.destroy();
      resolve(judge(response.statusCode ?? 0));
    },
  );
  request.on('error', (error) => {
    const isRefused = error instanceof PrivateAddress;
    const reason = deadline.aborted ? `no answer within ${ATTEMPT_TIMEOUT_MS / 1_000} s` : error.message;
    resolve({ ok: false, again: !isRefused, reason });
  });
  request.end(body);
  return promise;
}

function judge(status: number): Attempt {
  if (status >= 200 && status < 300) return { ok: true };
  if (status >= 300 && status < 400)
    return { ok: false, again: false, reason: `it answered ${status}: redirects are not followed` };
  const again = status === 408 || status === 425 || status === 429 || status >= 500;
  return { ok: false, again, reason: `it answered ${status}` };
}

class PrivateAddress extends Error {}

function privateAddress(address: string): string {
  return `${address} is no address of the public internet; webhookPrivate allows it`;
}

/** Looks a name up and hands out only public addresses: the connection is made to what was checked here. */
const lookupPublic: NonNullable<RequestOptions['lookup']> = (name, options, done) => {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      done(error, '');
      return;
    }
    const secret = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (secret !== undefined) done(new PrivateAddress(privateAddress(secret.address)), '');
    else if (options.all === true) done(null, addresses);
    else done(null, first?.address ?? '', first?.family);
  });
};
