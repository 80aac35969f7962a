import { createHash } from 'node:crypto';
import type { SpanView } from '@tracelore/collector/store';
import type { Evidence, QuoteAuthor } from '../knowledge/rule.ts';
import { principalOf } from '../safety/principal.ts';
import { authorOfOutcome, authorOfSpan } from '../safety/quote-author.ts';
import { spanTexts } from './analysis-prompt.ts';
import type { Lesson, Quote } from './analyzer.ts';
import type { FailureSample } from './failure-samples.ts';
import { overlapsRules, ownKnowledgeIn } from './own-knowledge.ts';
import type { TracedRun } from './traced-run.ts';

/** Shorter quotes prove nothing: they stand everywhere. Characters after white space is collapsed. */
export const QUOTE_CHARACTERS_MIN = 12;
/** Longer quotes are kept up to this. */
export const QUOTE_CHARACTERS_MAX = 500;

export type EvidenceProblem =
  | 'no_evidence'
  | 'unknown_span'
  | 'quote_too_short'
  | 'quote_not_verbatim'
  | 'own_knowledge'
  | 'no_failed_run';

/** A quote that was found, with the span and the text it stands in. */
export interface FoundQuote {
  readonly evidence: Evidence;
  readonly span: SpanView;
  /** The whole text of the field. */
  readonly context: string;
}

export type EvidenceResult =
  | { readonly ok: true; readonly found: readonly FoundQuote[] }
  | { readonly ok: false; readonly problem: EvidenceProblem };

/**
 * Checks every quote of a lesson against the recorded runs: it must stand there verbatim (after NFC and collapsing white
 * space), outside our own injected text, and at least one must come from a failed run. One false quote refutes the lesson.
 *
 * @param served texts of the rules in force: a quote that mostly repeats one of them is an echo, not evidence.
 */
export function verifyEvidence(
  lesson: Lesson,
  sample: FailureSample,
  served: readonly string[],
): EvidenceResult {
  if (lesson.quotes.length === 0) return { ok: false, problem: 'no_evidence' };
  const found: FoundQuote[] = [];
  for (const quote of lesson.quotes) {
    const result = locate(quote, sample, served);
    if (typeof result === 'string') return { ok: false, problem: result };
    found.push(result);
  }
  const failed = new Set(sample.failures.map((run) => run.summary.runId));
  if (!found.some(({ evidence }) => failed.has(evidence.runId)))
    return { ok: false, problem: 'no_failed_run' };
  return { ok: true, found };
}

function locate(
  quote: Quote,
  sample: FailureSample,
  served: readonly string[],
): FoundQuote | EvidenceProblem {
  const run = [...sample.failures, ...sample.contrasts].find(({ summary }) => summary.runId === quote.runId);
  const span = run?.spans.find(({ spanId }) => spanId === quote.spanId);
  if (run === undefined || span === undefined) return 'unknown_span';
  const wanted = normalised(quote.quote);
  if (wanted.length < QUOTE_CHARACTERS_MIN) return 'quote_too_short';
  const place = fieldTexts(quote, run, span).find(({ text }) => holds(text, wanted) !== undefined);
  if (place === undefined) {
    const own = [span.input, span.output].flatMap(ownKnowledgeIn);
    return own.some((text) => holds(text, wanted) !== undefined) ? 'own_knowledge' : 'quote_not_verbatim';
  }
  const principal = principalOf(run.summary.project, run.summary.userId);
  const verbatim = (holds(place.text, wanted) ?? wanted).slice(0, QUOTE_CHARACTERS_MAX);
  if (overlapsRules(verbatim, served)) return 'own_knowledge';
  return {
    span,
    context: place.text,
    evidence: {
      runId: run.summary.runId,
      traceId: span.traceId,
      spanId: span.spanId,
      field: place.column,
      quote: verbatim,
      sha256: createHash('sha256').update(verbatim).digest('hex'),
      author: place.author,
      ...(principal === '' ? {} : { principal }),
    },
  };
}

interface Place {
  readonly column: string;
  readonly text: string;
  readonly author: QuoteAuthor;
}

function fieldTexts(quote: Quote, run: TracedRun, span: SpanView): Place[] {
  if (quote.field === 'outcome') {
    return run.outcomes.map(({ comment, source }) => ({
      column: 'outcome.comment',
      text: comment,
      author: authorOfOutcome(source),
    }));
  }
  const text = spanTexts(span)[quote.field];
  const column = quote.field === 'output' && span.output === '' ? 'status_message' : quote.field;
  return [{ column, text, author: authorOfSpan(span, quote.field) }];
}

/**
 * The form of `wanted` that stands in the text. The prompt shows `&`, `<` and `>` escaped, so a quote may come back either way.
 */
function holds(text: string, wanted: string): string | undefined {
  const whole = normalised(text);
  return [wanted, unescaped(wanted)].find((form) => whole.includes(form));
}

function normalised(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
