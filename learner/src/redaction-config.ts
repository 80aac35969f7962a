import { Redactor } from '@tracelore/collector/store';
import { z } from 'zod';

/** What is replaced before it is stored, as the collector takes it. */
export interface RedactionConfig {
  readonly secrets: boolean;
  readonly cards: boolean;
  readonly emails: boolean;
  /** Names of attributes whose values are replaced. */
  readonly names: readonly string[];
  readonly rules: readonly { readonly name: string; readonly pattern: RegExp }[];
}

const rule = z.strictObject({
  name: z.string(),
  /** A text in JSON; in a `.ts` file a regular expression will do. */
  pattern: z.union([z.instanceof(RegExp), z.string()]),
  flags: z.string().default(''),
});

const redaction = z.strictObject({
  secrets: z.boolean().default(true),
  cards: z.boolean().default(true),
  emails: z.boolean().default(false),
  names: z.array(z.string()).default([]),
  rules: z.array(rule).default([]),
});

export const REDACTION_EXPECTED = 'true, false, or an object with secrets, cards, emails, names and rules';

/**
 * `true` = the defaults, `false` = store everything as it comes; else an object, from the environment as JSON. `undefined`
 * when it is none of these. Whether patterns are cheap enough is the collector's to check.
 */
export function parseRedaction(given: unknown): RedactionConfig | false | undefined {
  const value = typeof given === 'string' ? jsonIn(given) : given;
  if (value === false) return false;
  const parsed = redaction.safeParse(value === true ? {} : value);
  if (!parsed.success) return undefined;
  try {
    const rules = parsed.data.rules.map(({ name, pattern, flags }) => ({
      name,
      pattern: typeof pattern === 'string' ? new RegExp(pattern, flags) : pattern,
    }));
    return { ...parsed.data, rules };
  } catch {
    // A pattern that is no regular expression.
    return undefined;
  }
}

/** Takes secrets out of single texts. */
export function textRedactor(options: RedactionConfig | false): (text: string) => string {
  if (options === false) return (text) => text;
  const redactor = new Redactor(options);
  return (text) => redactor.text(text);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
