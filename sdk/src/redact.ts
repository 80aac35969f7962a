/** Stands where a secret was. */
export const REDACTED = '[redacted]';

/** What may stand before a secret: no word character, except as the end of one of JSON's escapes (`\n` before a key). */
const BEFORE = String.raw`(?:^|[^A-Za-z0-9_]|\\[bfnrt]|\\u[0-9a-fA-F]{4})`;

/**
 * Shapes of secrets that are recognisable by themselves: fixed beginning and rest. None can match a quote or cross one,
 * so that JSON stays JSON. The look behind comes after the beginning: a search passes over ordinary text quickly.
 * What must be followed by something else is bounded: else hostile text takes time in the square of its length.
 */
const SHAPES: readonly (readonly [beginning: string, rest: string])[] = [
  // Model providers' and payment keys: sk-…, sk_live_…
  ['sk[-_]', '[A-Za-z0-9_-]{20,}'],
  // Code hosts, chat, cloud.
  ['gh[pousr]_', '[A-Za-z0-9]{30,}'],
  ['github_pat_', '[A-Za-z0-9_]{30,}'],
  ['glpat-', '[A-Za-z0-9_-]{20,}'],
  ['xox[abeoprs]-', '[A-Za-z0-9-]{10,}'],
  ['A(?:KIA|SIA)', '[0-9A-Z]{16}'],
  ['AIza', '[0-9A-Za-z_-]{35}'],
  // Signed tokens: header.payload.signature, the first two JSON in base64url.
  ['eyJ', String.raw`[A-Za-z0-9_-]{8,256}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,}`],
];

/** Private keys, also when cut off. */
const PRIVATE_KEY = String.raw`-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|(?=")|$)`;

const SECRET = new RegExp(
  [PRIVATE_KEY, ...SHAPES.map(([start, rest]) => `${start}(?<=${BEFORE}${start})${rest}`)].join('|'),
  'gu',
);

/** No secret of the shapes above is shorter, characters. */
const SECRET_LENGTH_MIN = 15;

/** Secrets that are recognisable by what stands before them; that stays readable. */
const BEARER = /(Bearer|Basic) [A-Za-z0-9._~+/-]{16,}=*/giu;
const URL_CREDENTIALS = /(:\/\/[^\s:@/"\\]{1,100}):[^\s:@/"\\]{1,200}@/gu;

/** In a long text the search for credentials starts only where one of these stands: fixed text is found far quicker. */
const CREDENTIAL_WORDS = ['Bearer ', 'bearer ', 'BEARER ', 'Basic ', 'basic ', 'BASIC '];
/** From this length on, characters; below, looking for the words takes longer than the search itself. */
const LONG_TEXT = 512;
const URL_MARK = '://';

/**
 * Replaces secrets in text, which may be JSON: keys and tokens of well-known shape, bearer and basic credentials,
 * passwords in URLs. What has no recognisable shape stays; leave such values out with an `input` extractor.
 */
export function redactSecrets(text: string): string {
  let clean = text.length < SECRET_LENGTH_MIN ? text : text.replace(SECRET, REDACTED);
  if (mayHoldCredential(clean)) clean = clean.replace(BEARER, `$1 ${REDACTED}`);
  if (clean.includes(URL_MARK)) clean = clean.replace(URL_CREDENTIALS, `$1:${REDACTED}@`);
  return clean;
}

function mayHoldCredential(text: string): boolean {
  if (text.length < LONG_TEXT) return text.length >= SECRET_LENGTH_MIN;
  for (const word of CREDENTIAL_WORDS) if (text.includes(word)) return true;
  return false;
}
