import { plainText, rootOf, type TracedRun } from '../analyzers/traced-run.ts';
import { NO_USAGE } from '../llm/chat-model.ts';
import type { RunJudge } from './run-judge.ts';

/** What a check found wrong. A hard finding decides alone; a soft one is a hint. */
export interface CheckFinding {
  readonly isHard: boolean;
  readonly reason: string;
}

/** Looks at a finished run without asking anybody; `undefined` = nothing is wrong. */
export interface RunCheck {
  readonly name: string;
  find(run: TracedRun): CheckFinding | undefined;
}

/** Outcomes by checks stand under this name. */
export const DETERMINISTIC = 'deterministic';
/** Steps whose errors a finding quotes, and characters of each. */
const ERRORS_QUOTED_MAX = 3;
const ERROR_CHARACTERS_MAX = 100;

/** The agent answered nothing. */
export const emptyOutputCheck: RunCheck = {
  name: 'empty_output',
  find: (run) => (outputOf(run).trim() === '' ? { isHard: true, reason: 'the output is empty' } : undefined),
};

/** What looks like JSON, alone or in a code block, is none. */
export const jsonCheck: RunCheck = {
  name: 'json_validation',
  find(run) {
    const text = jsonIn(outputOf(run));
    if (text === undefined) return undefined;
    try {
      JSON.parse(text);
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { isHard: true, reason: `the output is not JSON: ${why}` };
    }
  },
};

/** Some step failed: agents get over failed steps, so this is only a hint. */
export const errorStepCheck: RunCheck = {
  name: 'error_step',
  find(run) {
    const failed = run.spans.filter(({ status }) => status === 'Error').slice(0, ERRORS_QUOTED_MAX);
    if (failed.length === 0) return undefined;
    const quotes = failed.map(({ name, statusMessage }) =>
      `${name}: ${statusMessage}`.slice(0, ERROR_CHARACTERS_MAX),
    );
    return { isHard: false, reason: `steps failed: ${quotes.join('; ')}` };
  },
};

export const DEFAULT_CHECKS: readonly RunCheck[] = [emptyOutputCheck, jsonCheck, errorStepCheck];

/** Judges by checks alone. A run in which no check finds a hard fault is not thereby right: about that it abstains. */
export function createDeterministicJudge(checks: readonly RunCheck[] = DEFAULT_CHECKS): RunJudge {
  return {
    name: DETERMINISTIC,
    judge(run) {
      const { hard, soft } = findingsOf(run, checks);
      if (hard.length === 0) {
        const reason = soft.length === 0 ? 'no check found a fault' : soft.join('; ');
        return Promise.resolve({ kind: 'abstained', reason, usage: NO_USAGE });
      }
      return Promise.resolve(hardFailure(hard));
    },
  };
}

/** The outcome of hard findings: failed, 0. */
export function hardFailure(
  reasons: readonly string[],
): Extract<Awaited<ReturnType<RunJudge['judge']>>, { kind: 'judged' }> {
  const comment = `Hard fail: ${reasons.join('; ')}`;
  return {
    kind: 'judged',
    name: DETERMINISTIC,
    verdict: { source: 'check', passed: false, score: 0, comment },
    usage: NO_USAGE,
  };
}

/** Reasons of all findings. A check that throws has found nothing. */
export function findingsOf(
  run: TracedRun,
  checks: readonly RunCheck[],
): { readonly hard: readonly string[]; readonly soft: readonly string[] } {
  const findings = checks.flatMap((check) => {
    try {
      return check.find(run) ?? [];
    } catch {
      return [];
    }
  });
  const reasons = (isHard: boolean): string[] =>
    findings.filter((finding) => finding.isHard === isHard).map(({ reason }) => reason);
  return { hard: reasons(true), soft: reasons(false) };
}

/** The answer itself: a recorded text may stand there as JSON. */
function outputOf(run: TracedRun): string {
  const output = rootOf(run)?.output ?? '';
  return output.trimStart().startsWith('"') ? plainText(output) : output;
}

function jsonIn(output: string): string | undefined {
  const text = output.trim();
  if (text.startsWith('{') || text.startsWith('[')) return text;
  return /```(?:json)\s*\n?([\s\S]*?)\n?\s*```/.exec(text)?.[1]?.trim();
}
