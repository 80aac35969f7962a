import { MARK_BEGINNING, markOf, type Found } from './redaction.ts';

/** PEM and its relatives, also when cut off; ends at a quote, so that JSON stays JSON. */
export const PRIVATE_KEY: RegExp =
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^"]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|(?=\\*")|$)/g;

/** Password in a URL or connection string; who connects to what stays readable. */
export const URL_PASSWORD: RegExp = /(:(?:\\{0,7}\/){2}[^\s:@/"'\\]{0,100}):([^\s@/"'\\]{1,200})@/g;

/** Addresses that are secrets as a whole: who knows them may post. */
export const WEBHOOK: RegExp =
  /(hooks\.slack\.com\\{0,7}\/(?:services|workflows)\\{0,7}\/|discord(?:app)?\.com\\{0,7}\/api\\{0,7}\/webhooks\\{0,7}\/)[A-Za-z0-9/\\_-]{16,200}/g;

/** What every such address has. A search for long words goes in steps of their length. */
const WEBHOOK_HOST = /hooks\.slack\.com|discord/;

/** Signature in a link that grants access by itself. */
export const SIGNED_URL: RegExp =
  /([?&](?:X-Amz-Signature|X-Goog-Signature|sig|signature)=)[A-Za-z0-9%+/=_-]{16,1024}/gi;

const SIGNATURE = /[?&](?:X-Amz-Signature|X-Goog-Signature|sig|signature)=/i;

/** What stands before the `@` of an address; the first character of an escape of JSON (`\\n`) does not belong to it. */
const LOCAL_PART = /(?<=\\[bfnrt]|\\u[0-9a-fA-F]{4}|(?<!\\)(?<!\\u[0-9a-fA-F]{0,3}))[A-Za-z0-9._%+-]{1,64}$/;
const LOCAL_CHARACTERS_MAX = 64;
/** Characters kept in front of it, to see an escape. */
const BEFORE_CHARACTERS = 6;
const DOMAIN = /(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])/y;

export function redactPrivateKeys(text: string, found: Found): string {
  if (!text.includes('PRIVATE KEY')) return text;
  return text.replace(PRIVATE_KEY, () => mark('private_key', found));
}

/** Whether a URL of this text may have something in it to replace. */
export function mayHoldUrlSecret(text: string): boolean {
  return text.includes('@') || WEBHOOK_HOST.test(text) || SIGNATURE.test(text);
}

export function redactUrls(text: string, found: Found): string {
  if (!hasUrl(text) || !mayHoldUrlSecret(text)) return text;
  let clean = text;
  if (text.includes('@'))
    clean = clean.replace(URL_PASSWORD, (whole: string, before: string, password: string) =>
      password.startsWith(MARK_BEGINNING) ? whole : `${before}:${mark('url_password', found)}@`,
    );
  if (WEBHOOK_HOST.test(text))
    clean = clean.replace(WEBHOOK, (_whole, before: string) => before + mark('webhook', found));
  return clean.replace(SIGNED_URL, (_whole, before: string) => before + mark('url_signature', found));
}

/** JSON of some languages has a backslash before each slash. Colons are frequent: the slashes are looked for first. */
function hasUrl(text: string): boolean {
  return (text.includes('//') && text.includes('://')) || (text.includes('\\/') && text.includes(':\\/'));
}

/** Looks at the surroundings of each `@`: a search for the whole address would try every beginning. */
export function redactEmails(text: string, found: Found): string {
  let result = '';
  let kept = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const before = text.slice(Math.max(kept, at - LOCAL_CHARACTERS_MAX - BEFORE_CHARACTERS), at);
    const local = LOCAL_PART.exec(before)?.[0];
    DOMAIN.lastIndex = at + 1;
    if (local === undefined || !DOMAIN.test(text)) continue;
    result += text.slice(kept, at - local.length) + mark('email', found);
    kept = DOMAIN.lastIndex;
    at = kept - 1;
  }
  return kept === 0 ? text : result + text.slice(kept);
}

function mark(rule: string, found: Found): string {
  found(rule);
  return markOf(rule);
}
