import { ALL_PROJECTS } from '@tracelore/collector/store';
import { PROJECT_NAME } from './http/access.ts';

/** One thing that can be told, and how it is read. */
export interface Field<T> {
  /** Names in the environment, the first one that is set counts. */
  readonly environment: readonly string[];
  readonly expected: string;
  readonly fallback: T;
  /** The value, or undefined when it is not as expected. */
  readonly parse: (given: unknown) => T | undefined;
}

export function text(
  environment: readonly string[],
  fallback: string,
  expected: string,
  pattern: RegExp,
): Field<string> {
  const parse = (given: unknown): string | undefined =>
    typeof given === 'string' && pattern.test(given) ? given : undefined;
  return { environment, fallback, expected, parse };
}

export function number(
  environment: readonly string[],
  fallback: number,
  expected: string,
  max: number,
  also: (value: number) => boolean = () => true,
): Field<number> {
  const parse = (given: unknown): number | undefined => {
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    return typeof value === 'number' && value >= 0 && value <= max && also(value) ? value : undefined;
  };
  return { environment, fallback, expected, parse };
}

export function flag(environment: readonly string[], fallback: boolean): Field<boolean> {
  const parse = (given: unknown): boolean | undefined =>
    String(given) === 'true' ? true : String(given) === 'false' ? false : undefined;
  return { environment, fallback, expected: 'true or false', parse };
}

/** A list from a file, or texts with commas between them. */
export function parseList(given: unknown): readonly string[] | undefined {
  const list: unknown = typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given;
  if (!Array.isArray(list)) return undefined;
  const texts = list.filter((item) => typeof item === 'string' && item !== '');
  return texts.length === list.length ? texts : undefined;
}

const KEY_CHARACTERS_MIN = 16;

/** `key=project,key=project`, or an object of the same from a file. */
export function parseKeys(given: unknown): ReadonlyMap<string, string> | undefined {
  const pairs: unknown[][] =
    typeof given === 'string'
      ? given.split(',').map((pair) => splitAtLast(pair.trim(), '='))
      : typeof given === 'object' && given !== null
        ? Object.entries(given)
        : [];
  const keys = new Map<string, string>();
  for (const [key, project] of pairs) {
    if (typeof key !== 'string' || key.length < KEY_CHARACTERS_MIN || /\s/.test(key)) return undefined;
    if (typeof project !== 'string' || (project !== ALL_PROJECTS && !PROJECT_NAME.test(project)))
      return undefined;
    keys.set(key, project);
  }
  return keys.size === 0 ? undefined : keys;
}

/** Keys may end in `=` themselves (base64): the project is what follows the last one. */
function splitAtLast(pair: string, separator: string): string[] {
  const at = pair.lastIndexOf(separator);
  return at === -1 ? [pair] : [pair.slice(0, at), pair.slice(at + 1)];
}

/** Addresses over HTTP without user and password in them, which would stand in every log on the way. */
export function parseWebhooks(given: unknown): readonly string[] | undefined {
  return parseList(given)?.every(isWebhook) === true ? parseList(given) : undefined;
}

function isWebhook(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, username, password } = new URL(given);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
