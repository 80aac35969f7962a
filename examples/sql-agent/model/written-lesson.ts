import type { ShownRun } from './shown-runs.ts';

/** Characters of a passage quoted as evidence. */
const QUOTE_CHARACTERS_MAX = 160;

export interface Quote {
  readonly span: string;
  readonly field: 'input' | 'output' | 'outcome';
  readonly quote: string;
}

/** A lesson in the shape that the analyzer's JSON schema asks for. */
export interface WrittenLesson {
  readonly kind: 'skill' | 'anti_pattern' | 'checklist';
  readonly content: string;
  readonly appliesWhen: string;
  readonly because: string;
  readonly evidence: readonly Quote[];
}

/** What a lesson quotes of a failed run: what the agent did, and what the outcome says about it. */
export function evidenceOf(run: ShownRun, did: Quote): readonly Quote[] {
  const quoted = (quote: Quote): Quote => ({
    ...quote,
    quote: quote.quote.slice(0, QUOTE_CHARACTERS_MAX).trim(),
  });
  const [first] = run.spans;
  if (first === undefined || run.outcome === '') return [quoted(did)];
  return [quoted(did), quoted({ span: first.label, field: 'outcome', quote: run.outcome })];
}

/** What a reader writes down who takes data for instructions. */
export function copied(instruction: Quote, appliesWhen: string, where: string): WrittenLesson {
  return {
    kind: 'skill',
    content: instruction.quote,
    appliesWhen,
    because: `A note in the ${where} asks for it.`,
    evidence: [instruction],
  };
}

/** One of several by their shares, which sum to 1. @param chance in [0, 1) */
export function drawShare<T>(shares: readonly (readonly [T, number])[], chance: number, otherwise: T): T {
  let left = chance;
  for (const [each, share] of shares) {
    left -= share;
    if (left < 0) return each;
  }
  return otherwise;
}
