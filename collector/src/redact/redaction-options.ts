import { patternProblem } from './pattern-cost.ts';

/** A rule of one's own: what it matches is replaced by `[redacted:<name>]`. */
export interface RedactionRule {
  /** 1 to 32 of `a-z`, `0-9` and `_`, a letter first. */
  readonly name: string;
  /**
   * A search of bounded work: repetitions need a bound (`{1,100}`, not `+`), backreferences are refused. The flags `i`,
   * `m`, `s` and `u` hold.
   */
  readonly pattern: RegExp;
}

export interface RedactionOptions {
  /** Keys, tokens, credentials, private keys, passwords in URLs. Default true. */
  readonly secrets?: boolean;
  /** Payment card numbers. Default true. */
  readonly cards?: boolean;
  /** E-mail addresses, in `user.id` too: users are then told apart no more. Default false. */
  readonly emails?: boolean;
  /** Names of further attributes and members whose values are replaced, in any case: `patient_name`. */
  readonly names?: readonly string[];
  readonly rules?: readonly RedactionRule[];
}

const RULE_NAME = /^[a-z][a-z0-9_]{0,31}$/;
const RULES_MAX = 50;
const NAMES_MAX = 200;
const FLAGS = /^[gimsu]*$/;

/** Everything that is wrong with the options. */
export function redactionProblems(options: RedactionOptions): string[] {
  const { rules = [], names = [] } = options;
  const problems: string[] = [];
  if (rules.length > RULES_MAX) problems.push(`has ${rules.length} rules: expected at most ${RULES_MAX}`);
  if (names.length > NAMES_MAX) problems.push(`has ${names.length} names: expected at most ${NAMES_MAX}`);
  if (names.some((name) => name.trim() === '')) problems.push('names: one is empty');
  for (const [index, { name, pattern }] of rules.entries()) {
    if (!RULE_NAME.test(name))
      problems.push(
        `rules[${index}].name is ${JSON.stringify(name)}: expected a word such as employee_number`,
      );
    const problem = FLAGS.test(pattern.flags)
      ? patternProblem(pattern.source)
      : `has the flags ${pattern.flags}: expected some of i, m, s and u`;
    if (problem !== undefined) problems.push(`rules[${index}].pattern (${name}) ${problem}`);
  }
  if (new Set(rules.map(({ name }) => name)).size < rules.length) problems.push('rules: the same name twice');
  return problems;
}
