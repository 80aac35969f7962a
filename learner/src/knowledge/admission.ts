import { scanText, type Finding } from '../analyzers/scan.ts';
import { grammarProblems } from './grammar.ts';
import type { Provenance, RuleText } from './rule.ts';

/** What must not be written down where nothing is ever deleted, or has no place in a prompt. */
const REFUSED: Readonly<Record<Exclude<Finding, 'override'>, string>> = {
  secret: 'a secret',
  personal_data: 'personal data',
  encoded_blob: 'encoded data',
  url: 'a URL',
  role_marker: 'a role marker',
  hidden_characters: 'invisible characters',
};

/** Whether a text may be written down as a rule, and whether it is held back for a person when it is. */
export interface Admission {
  /** Why it may not, each naming the field; empty = it may. */
  readonly problems: readonly string[];
  /** Why a person has to look at it before any agent is given it. */
  readonly quarantine?: string;
}

/**
 * The one gate of the knowledge log: every text that becomes a rule or a new version of one passes it, wherever it comes
 * from: an analyzer, a person, the API, a file, a snapshot that is restored.
 *
 * @param origin of a new rule; absent for a new version of one
 */
export function admit(text: RuleText, origin?: Provenance['origin']): Admission {
  const findings = scanText([text.appliesWhen, text.content, ...text.tags].join('\n'));
  const grammar = grammarProblems(text);
  const refused = findings.flatMap((finding) => (finding === 'override' ? [] : [REFUSED[finding]]));
  const problems = [
    ...grammar,
    // The grammar names the field where it finds the same.
    ...refused
      .filter((what) => !grammar.some((problem) => problem.includes(what)))
      .map((what) => `text: looks like it holds ${what}, and the log keeps it for ever`),
  ];
  const quarantine = findings.includes('override')
    ? 'it reads like an instruction to override others'
    : origin === 'import'
      ? // Nobody here vouches for it, and no run taught it: not even a trial is given it.
        'it was imported'
      : undefined;
  return quarantine === undefined ? { problems } : { problems, quarantine };
}
