import {
  CHECKLIST_LINES_MAX,
  RULE_CHARACTERS_MAX,
  RULE_KINDS,
  TEMPLATE_CHARACTERS_MAX,
  type RuleText,
} from './rule.ts';

/** Longest `appliesWhen`, characters. */
export const APPLIES_WHEN_CHARACTERS_MAX = 200;
/** Most tags of a rule, and the longest tag in characters. */
export const TAGS_MAX = 10;
export const TAG_CHARACTERS_MAX = 40;

interface Ban {
  readonly pattern: RegExp;
  readonly what: string;
}

/**
 * What no rule may contain, whoever wrote it. Rules are put into prompts: an address can carry data out, a role marker
 * can pose as an instruction, an invisible character can hide one. A filter, not the defence: rules are also rendered
 * as fenced data and never gain authority.
 */
const BANS: readonly Ban[] = [
  { pattern: /\b[a-z][a-z0-9+.-]{1,15}:\/\/\S+|\bwww\.\S+/i, what: 'a URL' },
  { pattern: /[\w.+-]+@[\w-]+\.[\w.-]+/, what: 'an e-mail address' },
  {
    pattern: /^[ \t>*#-]*(?:system|developer|assistant|user|human|tool)[ \t]*:/im,
    what: 'a role marker',
  },
  {
    pattern:
      /<\|[^|>]{0,40}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|assistant|user|instructions?)\b[^>]{0,40}>/i,
    what: 'a role marker',
  },
  {
    // C0 without tab and line feed, delete, C1, soft hyphen.
    // oxlint-disable-next-line no-control-regex
    pattern: /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD]/,
    what: 'a control character',
  },
  {
    // Zero-width, bidirectional, invisible operators, variation selectors, tags, byte order mark, private use.
    pattern:
      /[\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]|[\u{FE00}-\u{FE0E}]|[\u{E0000}-\u{E0FFF}]|\p{Co}/u,
    what: 'an invisible character',
  },
  { pattern: /\p{Cs}/u, what: 'half of a surrogate pair' },
];

const FENCE = /^[ \t]*(?:`{3,}|~{3,})/gm;

/** Every way in which a text breaks the grammar of rules; each names the field and what is wrong. Empty = it is a rule. */
export function grammarProblems(text: RuleText): string[] {
  const problems: string[] = [];
  if (!RULE_KINDS.includes(text.kind)) {
    problems.push(`kind: expected one of ${RULE_KINDS.join(', ')}, got ${JSON.stringify(text.kind)}`);
  }
  problems.push(
    ...contentProblems(text),
    ...appliesWhenProblems(text.appliesWhen),
    ...tagProblems(text.tags),
  );
  return problems;
}

function contentProblems({ kind, content }: RuleText): string[] {
  const problems = [...bannedIn('content', content)];
  const limit = kind === 'code_template' ? TEMPLATE_CHARACTERS_MAX : RULE_CHARACTERS_MAX;
  if (content.trim() === '') problems.push('content: expected text, got none');
  if (content.length > limit) {
    problems.push(`content: at most ${limit} characters for a ${kind}, got ${content.length}`);
  }
  const lines = content.split('\n').filter((line) => line.trim() !== '').length;
  if (kind === 'checklist' && lines > CHECKLIST_LINES_MAX) {
    problems.push(`content: at most ${CHECKLIST_LINES_MAX} lines for a checklist, got ${lines}`);
  }
  if (kind !== 'checklist' && kind !== 'code_template' && lines > 1) {
    problems.push(`content: a ${kind} is one line, got ${lines}; a list of steps is a checklist`);
  }
  const fences = content.match(FENCE)?.length ?? 0;
  if (kind === 'code_template' && fences !== 0 && fences !== 2) {
    problems.push(`content: a code_template has one code block, got ${fences} fences`);
  }
  if (kind !== 'code_template' && /`{3}|~{3}/.test(content)) {
    problems.push('content: contains a code block, which only a code_template may have');
  }
  return problems;
}

function appliesWhenProblems(appliesWhen: string): string[] {
  const problems = [...bannedIn('appliesWhen', appliesWhen)];
  if (appliesWhen.trim() === '') problems.push('appliesWhen: expected the situation it is for, got none');
  if (appliesWhen.length > APPLIES_WHEN_CHARACTERS_MAX) {
    problems.push(
      `appliesWhen: at most ${APPLIES_WHEN_CHARACTERS_MAX} characters, got ${appliesWhen.length}`,
    );
  }
  if (appliesWhen.trim().includes('\n')) problems.push('appliesWhen: expected one line');
  if (/`{3}|~{3}/.test(appliesWhen)) problems.push('appliesWhen: contains a code block');
  return problems;
}

function tagProblems(tags: readonly string[]): string[] {
  const problems = tags.flatMap((tag, index) => {
    const field = `tags[${index}]`;
    if (tag.trim() === '') return [`${field}: expected text, got none`];
    if (tag.length > TAG_CHARACTERS_MAX) return [`${field}: at most ${TAG_CHARACTERS_MAX} characters`];
    return tag.includes('\n') ? [`${field}: expected one line`] : bannedIn(field, tag);
  });
  if (tags.length > TAGS_MAX) problems.push(`tags: at most ${TAGS_MAX}, got ${tags.length}`);
  return problems;
}

function bannedIn(field: string, value: string): string[] {
  const found = BANS.filter((ban) => ban.pattern.test(value)).map((ban) => `${field}: contains ${ban.what}`);
  return [...new Set(found)];
}
