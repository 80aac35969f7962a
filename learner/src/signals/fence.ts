import { randomBytes } from 'node:crypto';

/** Texts between markers that nobody can foresee: what stands in one cannot close its own fence. */
export function fenced(texts: Readonly<Record<string, string>>): string {
  const nonce = randomBytes(4).toString('hex');
  return Object.entries(texts)
    .map(([name, text]) => `<${name} ${nonce}>\n${text}\n</${name} ${nonce}>`)
    .join('\n\n');
}
