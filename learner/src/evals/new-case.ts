import { z } from 'zod';
import { EVAL_SOURCES, SCORER_NAMES, type EvalCase, type ScorerName } from './eval-case.ts';
import type { EvalCaseDraft } from './eval-case-store.ts';

/** Longest task, expectation or input, characters. */
const TEXT_CHARACTERS_MAX = 200_000;

/** Longest name of an agent, characters: as for runners. */
export const AGENT_CHARACTERS_MAX = 200;

const NEW_CASE = z
  .object({
    task: z.string().trim().min(1).max(TEXT_CHARACTERS_MAX),
    expected: z.string().max(TEXT_CHARACTERS_MAX).default(''),
    judgePrompt: z.string().trim().max(TEXT_CHARACTERS_MAX).optional(),
    input: z.json().optional(),
    scorer: z.enum(SCORER_NAMES).optional(),
    tags: z.array(z.string().trim().min(1).max(100)).max(50).optional(),
    source: z.enum(EVAL_SOURCES).optional(),
    agent: z.string().trim().max(AGENT_CHARACTERS_MAX).optional(),
  })
  .refine(({ scorer = 'judge', expected }) => expected !== '' || isModel(scorer), {
    path: ['expected'],
    message: 'is missing: only the scorers "judge" and "pairwise" can do without it',
  })
  .refine(({ scorer, expected }) => scorer !== 'json' || isJson(expected), {
    path: ['expected'],
    message: 'is not JSON, so that the scorer "json" would fail every answer; mend it, or take "exact"',
  });

export type CheckedCase =
  | { readonly ok: true; readonly draft: EvalCaseDraft }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Checks one foreign value; every problem names its field. */
export function checkCase(value: unknown): CheckedCase {
  const checked = NEW_CASE.safeParse(value);
  if (!checked.success) {
    return {
      ok: false,
      problems: checked.error.issues.map(({ path, message }) => `${path.join('.') || 'case'}: ${message}`),
    };
  }
  const { task, expected, judgePrompt, input, scorer, tags, source, agent } = checked.data;
  return {
    ok: true,
    draft: {
      task,
      expected,
      ...(input === undefined ? {} : { input }),
      ...(judgePrompt === undefined || judgePrompt === '' ? {} : { judgePrompt }),
      scorer: scorer ?? scorerFor(expected, judgePrompt),
      tags: tags ?? [],
      source: source ?? 'api',
      sourceRunId: '',
      ...(agent === undefined || agent === '' ? {} : { agent }),
    },
  };
}

/** Without an expectation, and where somebody said what to look at, a judge decides. */
function scorerFor(expected: string, judgePrompt: string | undefined): ScorerName {
  return expected === '' || (judgePrompt ?? '') !== '' ? 'judge' : defaultScorer(expected);
}

/** Structured expectations are compared by value, everything else as text. */
export function defaultScorer(expected: string): ScorerName {
  return /^\s*[[{]/.test(expected) && isJson(expected) ? 'json' : 'exact';
}

function isModel(scorer: ScorerName): boolean {
  return scorer === 'judge' || scorer === 'pairwise';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What makes two cases the same question. */
export function questionKey({ task, input }: Pick<EvalCase, 'task' | 'input'>): string {
  return JSON.stringify([task.normalize('NFC').replaceAll(/\s+/g, ' ').trim(), input ?? null]);
}
