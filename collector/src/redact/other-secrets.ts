import { MARK_BEGINNING, markOf, type Found } from './redaction.ts';

/** PEM and its relatives, also when cut off; ends at a quote, so that JSON stays JSON. */
const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----[^"]*?(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----|(?=\\*")|$)/g;

/** Password in a URL or connection string; who connects to what stays readable. */
const URL_PASSWORD = /(:\/\/[^\s:@/"'\\]{0,100}):([^\s@/"'\\]{1,200})@/g;

/** Addresses that are secrets as a whole: who knows them may post. */
const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows)\/|discord(?:app)?\.com\/api\/webhooks\/)[A-Za-z0-9/_-]{16,200}/g;

/** Signature in a link that grants access by itself. */
const SIGNED_URL = /([?&](?:X-Amz-Signature|X-Goog-Signature|sig|signature)=)[A-Za-z0-9%+/=_-]{16,1024}/gi;

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])/g;

export function redactPrivateKeys(text: string, found: Found): string {
  if (!text.includes('PRIVATE KEY')) return text;
  return text.replace(PRIVATE_KEY, () => mark('private_key', found));
}

export function redactUrls(text: string, found: Found): string {
  if (!text.includes('://')) return text;
  return text
    .replace(URL_PASSWORD, (whole: string, before: string, password: string) =>
      password.startsWith(MARK_BEGINNING) ? whole : `${before}:${mark('url_password', found)}@`,
    )
    .replace(WEBHOOK, (_whole, before: string) => before + mark('webhook', found))
    .replace(SIGNED_URL, (_whole, before: string) => before + mark('url_signature', found));
}

export function redactEmails(text: string, found: Found): string {
  if (!text.includes('@')) return text;
  return text.replace(EMAIL, () => mark('email', found));
}

function mark(rule: string, found: Found): string {
  found(rule);
  return markOf(rule);
}
