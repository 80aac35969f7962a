import { MIXED_ALPHABETS } from './look-alikes.ts';
import { COMMANDS, OVERRIDE_PHRASES } from './override-phrases.ts';
import { INVISIBLE, readingsOf } from './readings.ts';

/** What a scan found. `override` is text that tries to command the agent or its makers; the others must never be stored in a rule. */
export type Finding =
  | 'secret'
  | 'personal_data'
  | 'url'
  | 'role_marker'
  | 'override'
  | 'hidden_characters'
  | 'encoded_blob';

const DETECTORS: readonly (readonly [Finding, readonly RegExp[]])[] = [
  [
    'secret',
    [
      /\b(?:sk|pk|rk)[-_](?:live[-_]|test[-_]|proj-|ant-)?[A-Za-z0-9_-]{16,}/,
      /\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/,
      /\bAKIA[0-9A-Z]{16}\b|\bASIA[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/,
      /\bxox[abprs]-[\w-]{10,}/,
      /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}/,
      /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
      /\b(?:password|passwd|secret|api[-_ ]?key|access[-_ ]?token)\b\s*(?:[:=]\s*["'`]?[^\s"'`]{6,}|is\s+["'`]?(?=\S*\d)[^\s"'`]{6,})/i,
      /\bbearer\s+[\w.~+/-]{16,}/i,
      /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i,
    ],
  ],
  [
    'personal_data',
    [
      /[\w.+-]+@[\w-]+\.[a-z]{2,}/i,
      /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b/,
      /\b\d{3}-\d{2}-\d{4}\b/,
      /\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}\b/,
    ],
  ],
  ['url', [/\b[a-z][a-z0-9+.-]{1,15}:\/\/\S+|\bwww\.\S+/i]],
  [
    'role_marker',
    [
      /<\|[^|>]{0,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|assistant|user|instructions?)\b[^>]{0,40}>/i,
      /^[ \t>*#-]*(?:system|developer|assistant|user|human|tool)[ \t]*:|[.:!?] (?:System|Developer|Assistant|Human)[ \t]*:/im,
      /^#{2,} ?(?:instructions?|system|prompt|response|input)\b/im,
      // Our own fences.
      /<\/?tracelore\b|={3,}\s*(?:END )?(?:CORE RULES|RELEVANT KNOWLEDGE|LEARNED KNOWLEDGE)/i,
    ],
  ],
  ['override', OVERRIDE_PHRASES],
];

/** Found in the text as it stands only: no reading shows what is not seen. */
const AS_IT_STANDS: readonly (readonly [Finding, readonly RegExp[]])[] = [
  [
    'hidden_characters',
    [
      // Without the global flag of the replacing pattern: `test` would remember where it was.
      new RegExp(INVISIBLE.source.replace('\\uFE00-\\uFE0F', '\\uFE00-\\uFE0E'), 'u'),
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/,
      MIXED_ALPHABETS,
      // Letters that stand apart, word after word.
      /(?:(?<!\p{L})\p{L}{1,2}[ .·_-]){6,}/u,
    ],
  ],
  [
    'encoded_blob',
    [
      /(?=[A-Za-z0-9+/_-]*\d)(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{40,}={0,2}/,
      /\b(?:[0-9a-f]{2}){20,}\b/i,
    ],
  ],
];

/**
 * Looks for what has no place in a rule. A filter, not the defence: rules are also rendered as fenced data, and nothing that
 * was found here becomes active without a person. Sees through what {@link readingsOf} reads: compatibility forms, look-alike
 * letters, invisible characters, letters spelled apart, base64 and other codes. Each finding once, in the order of the table.
 */
export function scanText(text: string): readonly Finding[] {
  const readings = readingsOf(text);
  const read = DETECTORS.filter(([, patterns]) =>
    patterns.some((pattern) => readings.some((reading) => pattern.test(reading))),
  );
  const seen = AS_IT_STANDS.filter(([, patterns]) => patterns.some((pattern) => pattern.test(text)));
  return [...read, ...seen].map(([finding]) => finding);
}

/** Whether a text tries to instruct whoever reads it, as planted notes in data do. */
export function isInstructionLike(text: string): boolean {
  return scanText(text).some((finding) => finding === 'override' || finding === 'role_marker');
}

/** Whether a text commands whoever reads it: narrower, for texts in which people say all kinds of things. */
export function commandsReader(text: string): boolean {
  return readingsOf(text).some((reading) => COMMANDS.some((pattern) => pattern.test(reading)));
}
