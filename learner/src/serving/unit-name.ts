import { createHmac } from 'node:crypto';

/** Hex digits of a name that stands for another: enough to keep millions of units apart. */
const DIGITS = 24;

/**
 * A unit's name as it is kept. One that redaction would change, an e-mail address for example, is replaced as a whole by a
 * digest that needs the secret of the service: marks would make one unit of many people, whose coins must stay apart.
 */
export function unitName(
  given: string,
  {
    redact,
    secret,
    project,
  }: { readonly redact: (text: string) => string; readonly secret: string; readonly project: string },
): string {
  if (redact(given) === given) return given;
  const digest = createHmac('sha256', secret).update(`unit\u0000${project}\u0000${given}`).digest('hex');
  return `redacted:${digest.slice(0, DIGITS)}`;
}
