import type { RunSummary, SpanView, StoredOutcome } from '@tracelore/collector/store';
import { stripOwnKnowledge } from './own-knowledge.ts';

/** A run with everything an analyzer or a signal may look at. Eval gold is never part of it. */
export interface TracedRun {
  readonly summary: RunSummary;
  /** In order of start. */
  readonly spans: readonly SpanView[];
  readonly outcomes: readonly StoredOutcome[];
}

/** The span that is the run: its recorded root, else the first one. */
export function rootOf(run: TracedRun): SpanView | undefined {
  return run.spans.find((span) => span.spanId === run.summary.rootSpanId) ?? run.spans[0];
}

/** What the agent was asked, as plain text, without the rules that it was given. */
export function taskOf(run: TracedRun): string {
  return plainText(stripOwnKnowledge(rootOf(run)?.input ?? ''));
}

/** Deepest nesting of JSON that is looked into. */
const DEPTH_MAX = 12;
const NOT_TEXT: ReadonlySet<string> = new Set(['role', 'type', 'id', 'finish_reason']);

/** Recorded content as text: the strings inside JSON, one per line; anything else as it stands. */
export function plainText(content: string): string {
  const first = content.trimStart()[0];
  if (first !== '{' && first !== '[' && first !== '"') return content;
  try {
    return stringsIn(JSON.parse(content), 0).join('\n');
  } catch {
    return content;
  }
}

function stringsIn(value: unknown, depth: number): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return [];
  if (Array.isArray(value)) return value.flatMap((item) => stringsIn(item, depth + 1));
  return Object.entries(value).flatMap(([key, item]) =>
    NOT_TEXT.has(key) ? [] : stringsIn(item, depth + 1),
  );
}
