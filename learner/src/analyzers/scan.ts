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
      /^[ \t>*#-]*(?:system|developer|assistant|user|human|tool)[ \t]*:/im,
    ],
  ],
  [
    'override',
    [
      /\b(?:ignore|disregard|forget|override|bypass|skip)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|other|system|safety|your)\b.{0,40}\b(?:instructions?|rules?|prompts?|guidelines?|guardrails?|lessons?)\b/i,
      /\b(?:you are now|act as|pretend (?:to be|you are)|from now on,? you|new (?:system )?(?:instructions?|prompt))\b/i,
      /\b(?:do not|don't|never) (?:tell|inform|notify|reveal|mention)\b.{0,40}\b(?:users?|humans?|customers?|operators?|developers?|anyone|admins?)\b/i,
      /\b(?:do not|don't|never) (?:log|report|show|mention|reveal|record) (?:this|it)\b/i,
      /\b(?:reveal|print|send|forward|upload|exfiltrate|leak|post)\b.{0,60}\b(?:system prompt|credentials?|passwords?|secrets?|api[- ]?keys?|access tokens?|all (?:user |customer )?data|conversation)\b/i,
      /\b(?:disable|turn off|switch off|deactivate)\b.{0,40}\b(?:safety|logging|tracing|monitoring|validation|checks?|guardrails?|filters?)\b/i,
      /\b(?:pin|promote|prioriti[sz]e|approve|trust) (?:me|this (?:rule|lesson|memory|note|instruction))\b/i,
      /\b(?:note|message|instruction|attention|reminder|important)\b.{0,20}\b(?:to|for)\b.{0,12}\b(?:the )?(?:ai|llm|assistant|agent|model|chatbot|bot)s?\b/i,
      /\b(?:ai|llm)s? (?:agents?|assistants?|models?|systems?)?\s*(?:must|should|shall|need to|has to|have to)\b/i,
      /\b(?:ignorier\w*|vergiss|missachte)\b.{0,40}\b(?:anweisung\w*|regeln?|vorgaben?)\b/i,
      /\b(?:ignore[zs]?|oublie[zs]?|ne tenez pas compte)\b.{0,40}\b(?:instructions?|consignes?|règles?)\b/i,
      /\b(?:ignora|ignore|olvida|omite)\b.{0,40}\b(?:instrucciones|reglas|indicaciones|istruzioni|regole)\b/i,
      /(?:忽略|无视|忘记).{0,20}(?:指令|指示|规则|说明)/,
      /(?:игнорируй|забудь|не обращай внимания).{0,40}(?:инструкци|правил|указани)/i,
    ],
  ],
  [
    'hidden_characters',
    [
      /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\u{E0000}-\u{E0FFF}]/u,
      // oxlint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/,
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

/** Letters of other alphabets that look like Latin ones; enough to see through "іgnore" with a Cyrillic і. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ј: 'j',
  ѕ: 's',
  ԁ: 'd',
  ո: 'n',
  Α: 'A',
  Β: 'B',
  Ε: 'E',
  Η: 'H',
  Ι: 'I',
  Κ: 'K',
  Μ: 'M',
  Ν: 'N',
  Ο: 'O',
  Ρ: 'P',
  Τ: 'T',
  Χ: 'X',
  ο: 'o',
  ν: 'v',
};
const LOOK_ALIKE = new RegExp(`[${Object.keys(LOOK_ALIKES).join('')}]`, 'gu');
const INVISIBLE = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]|[\u{E0000}-\u{E0FFF}]/gu;

/**
 * Looks for what has no place in a rule. A filter, not the defence: rules are also rendered as fenced data, and nothing that
 * was found here becomes active without a person. Also sees through compatibility forms, look-alike letters and invisible
 * characters inside words. Each finding once, in the order of the table.
 */
export function scanText(text: string): readonly Finding[] {
  const plain = text.normalize('NFKC').replaceAll(INVISIBLE, '');
  const latin = plain.replaceAll(LOOK_ALIKE, (letter) => LOOK_ALIKES[letter] ?? letter);
  return DETECTORS.filter(([, patterns]) =>
    patterns.some((pattern) => pattern.test(text) || pattern.test(plain) || pattern.test(latin)),
  ).map(([finding]) => finding);
}

/** Whether a text tries to instruct whoever reads it, as planted notes in data do. */
export function isInstructionLike(text: string): boolean {
  return scanText(text).some((finding) => finding === 'override' || finding === 'role_marker');
}
