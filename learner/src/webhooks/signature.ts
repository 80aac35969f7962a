import { createHmac } from 'node:crypto';

/** Carries {@link sign}'s result. */
export const SIGNATURE_HEADER = 'x-tracelore-signature';
/** Carries the notice's id: the same for every attempt. */
export const DELIVERY_HEADER = 'x-tracelore-delivery';

/**
 * `t=<seconds>,v1=<hex>`: HMAC-SHA256 with the shared secret over the time, a dot and the body's bytes. Whoever receives it
 * makes it again, compares in constant time, and refuses times more than five minutes away, so that nobody can replay it.
 */
export function sign(secret: string, seconds: number, body: string): string {
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${digest}`;
}
