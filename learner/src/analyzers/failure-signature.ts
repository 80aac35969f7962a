import { createHash } from 'node:crypto';
import { OUTCOME_SOURCES } from '@tracelore/sdk/contract';
import type { SpanView } from '@tracelore/collector/store';
import { stripOwnKnowledge } from './own-knowledge.ts';
import { plainText, rootOf, type TracedRun } from './traced-run.ts';

/** Longest masked error text that takes part in a signature, characters. */
const TEMPLATE_CHARACTERS_MAX = 200;

/** How an output without an error went wrong, read off the output and what the outcome says. */
export type DifferenceClass = 'empty' | 'refused' | 'timeout' | 'wrong_type' | 'missing_part' | 'wrong_value';

/**
 * Which failure this is: SHA-256 hex over agent, signal, failing span and error template, or, without an error, the class
 * of the difference and the last tool. Equal signature = same cluster. Deterministic; numbers, ids, quoted text, paths,
 * dates and hex do not count, so that two tasks hit by one fault meet.
 */
export function failureSignature(run: TracedRun): string {
  const failing = run.spans.findLast((span) => span.status === 'Error');
  const shape =
    failing === undefined
      ? {
          difference: differenceClass(run),
          lastTool: run.spans.findLast((span) => span.kind === 'tool')?.tool ?? '',
        }
      : failureShape(failing);
  const canonical = JSON.stringify({ agent: run.summary.agent, signal: signalOf(run), ...shape });
  return createHash('sha256').update(canonical).digest('hex');
}

function failureShape(span: SpanView): Readonly<Record<string, string>> {
  return {
    kind: span.kind,
    name: span.name,
    tool: span.tool,
    errorType: span.errorType,
    template: errorTemplate(stripOwnKnowledge(span.statusMessage)),
  };
}

/**
 * Roughly the same in words: which step failed, or how the output is wrong and which tool came last. Without the message:
 * others' words do not belong into questions about other runs.
 */
export function failureText(run: TracedRun): string {
  const failing = run.spans.findLast((span) => span.status === 'Error');
  if (failing === undefined) {
    const lastTool = run.spans.findLast((span) => span.kind === 'tool')?.tool ?? '';
    return `${differenceClass(run)}${lastTool === '' ? '' : ` after ${lastTool}`}`;
  }
  const { kind, name, errorType } = failing;
  return `${kind} ${name} failed${errorType === '' ? '' : `: ${errorType}`}`;
}

/** The most trusted source that calls the run failed. */
function signalOf(run: TracedRun): string {
  const sources = new Set(run.outcomes.map((outcome) => outcome.source));
  return OUTCOME_SOURCES.find((source) => sources.has(source)) ?? run.summary.outcome?.source ?? '';
}

const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+Z?)?\b/g, '<date>'],
  [/"[^"]*"|'[^']*'|`[^`]*`/g, '<text>'],
  [/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b0x[0-9a-f]+\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<hex>'],
  [/(?:[a-z]:)?(?:[\\/][\w.-]+){2,}/gi, '<path>'],
  [/\d+(?:\.\d+)?/g, '<n>'],
  [/\s+/g, ' '],
];

/** An error message without what differs from run to run. */
export function errorTemplate(message: string): string {
  const masked = MASKS.reduce((text, [pattern, mask]) => text.replaceAll(pattern, mask), message);
  return masked.trim().slice(0, TEMPLATE_CHARACTERS_MAX);
}

const REFUSAL = /\b(?:i(?:'m| am) (?:sorry|unable)|i can(?:not|'t)|unable to (?:answer|help|comply))\b/i;

function differenceClass(run: TracedRun): DifferenceClass {
  const output = plainText(stripOwnKnowledge(rootOf(run)?.output ?? ''));
  const comments = run.outcomes.map((outcome) => outcome.comment).join('\n');
  if (output.trim() === '') return 'empty';
  if (REFUSAL.test(output)) return 'refused';
  if (/\btime(?:d)?[- ]?out\b/i.test(comments)) return 'timeout';
  if (/\b(?:wrong|unexpected|invalid) type\b|\bnot valid json\b|\binvalid json\b/i.test(comments))
    return 'wrong_type';
  if (/\bmissing\b/i.test(comments)) return 'missing_part';
  return 'wrong_value';
}
