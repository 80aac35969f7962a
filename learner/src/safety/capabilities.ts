import { spanTexts } from '../analyzers/analysis-prompt.ts';
import type { TracedRun } from '../analyzers/traced-run.ts';
import type { RuleText } from '../knowledge/rule.ts';

/** Words kept of the passing runs of one agent; beyond it the first ones count. Some 50 MB of text. */
const WORDS_MAX = 1_000_000;
/** Words of a recipient's name that are compared. */
const NAME_WORDS = 2;

/** What an agent reached in runs that passed: the tools it called, and every word that stood in them. */
export interface Capabilities {
  readonly tools: ReadonlySet<string>;
  readonly words: ReadonlySet<string>;
}

/** What the passing runs of one agent show that it may reach. */
export function capabilitiesOf(passed: readonly TracedRun[]): Capabilities {
  const tools = new Set<string>();
  const words = new Set<string>();
  for (const span of passed.flatMap(({ spans }) => spans)) {
    if (span.tool !== '') tools.add(span.tool.toLowerCase());
    const { input, output } = spanTexts(span);
    for (const word of [...wordsOf(input), ...wordsOf(output), ...wordsOf(span.name)]) {
      if (words.size >= WORDS_MAX) return { tools, words };
      words.add(word);
    }
  }
  return { tools, words };
}

const IDENTIFIER = '["\'`]?([a-z][\\w.-]*[\\w])["\'`]?';
/** A tool: called by a verb or as a function, or called a tool. */
const TOOLS: readonly RegExp[] = [
  new RegExp(
    `\\b(?:call|invoke|execute|trigger|run) (?:the )?(?:tool |function )?${IDENTIFIER} (?:tool|function|endpoint|command|script|API)\\b`,
    'gi',
  ),
  /\b(?:call|invoke|execute|trigger|run) (?:the )?(?:tool |function )?["'`]?([a-z]\w*_\w+)/gi,
  /\b([a-z]+(?:_[a-z0-9]+)+)\s*\(/gi,
  /\b(?:tool|function|endpoint|command|script) (?:named |called )?["'`]?([a-z]\w*_\w+)/gi,
];
const HOSTS: readonly RegExp[] = [
  /\b((?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|ai|co|me|info|biz|xyz|cloud|online|site|sh|ru|cn|de|uk|fr|eu|us|example|test|internal|local|onion))\b/gi,
  /\b(\d{1,3}(?:\.\d{1,3}){3})\b/g,
];
/** Who gets something: what a verb of giving or contact is directed at. */
const RECIPIENT =
  /\b(?:send|forward|e-?mail|mail|post|upload|share|submit|transfer|wire|pay|hand|escalate|copy|notify|message|contact)\b[^.;:]{0,60}?\b(?:to|with|via|for)\s+(?:the\s+|an?\s+|our\s+)?([a-z0-9@#][\w'@#-]*(?:\s[\w'-]+){0,2})/gi;

/**
 * What a rule names that this agent never reached in a run that passed: tools, hosts, recipients; each in words. A rule may
 * tell an agent how to use what it has, not give it more. Words are compared, not meanings: what it names by another name
 * waits for a person.
 */
export function newCapabilities(
  { content, appliesWhen }: Pick<RuleText, 'content' | 'appliesWhen'>,
  known: Capabilities,
): string[] {
  const text = `${appliesWhen}\n${content}`;
  const all = (patterns: readonly RegExp[]): string[] =>
    patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => (match[1] ?? '').toLowerCase()));
  const isKnown = (name: string): boolean => known.tools.has(name) || known.words.has(name);
  const recipients = [...text.matchAll(RECIPIENT)].map((match) => (match[1] ?? '').toLowerCase());
  return [
    ...new Set([
      ...all(TOOLS)
        .filter((name) => !isKnown(name))
        .map((name) => `the tool ${name}`),
      ...all(HOSTS)
        .filter((name) => !known.words.has(name))
        .map((name) => `the host ${name}`),
      ...recipients
        .filter(
          (name) =>
            !wordsOf(name)
              .slice(0, NAME_WORDS)
              .every((word) => known.words.has(word)),
        )
        .map((name) => `the recipient ${name}`),
    ]),
  ];
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_]+(?:[.-][\p{L}\p{N}_]+)*/gu) ?? [];
}
