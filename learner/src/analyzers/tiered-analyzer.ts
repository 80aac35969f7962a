import type { ChatModel } from '../llm/chat-model.ts';
import { NO_USAGE } from '../llm/chat-model.ts';
import { shownSpans, spanTexts } from './analysis-prompt.ts';
import type { Analyzer, Lesson, Quote } from './analyzer.ts';
import { QUOTE_CHARACTERS_MIN } from './evidence.ts';
import type { FailureSample } from './failure-samples.ts';
import { KNOWN_PATTERNS, type KnownPattern } from './known-patterns.ts';
import { createLlmAnalyzer } from './llm-analyzer.ts';
import { rootOf, type TracedRun } from './traced-run.ts';

/** Part of the failed runs of a sample that must show a sign. */
const SHARE_MIN = 0.5;
/** Characters of a quote before and after the sign. */
const QUOTE_MARGIN = 60;

/** A sign of a known pattern, where it stands. */
interface Sign {
  readonly pattern: KnownPattern;
  readonly step: string;
  readonly quote: Quote;
}

/**
 * First the failures that need no model: {@link KNOWN_PATTERNS} in what failed steps and outcomes say. A sample that shows none
 * of them in at least half of its failed runs goes to the next analyzer. What is known to help in general is a candidate like
 * any other: whether it helps this agent, trials decide.
 *
 * @param next the analyzer for the rest, or the model for the default one
 */
export function createTieredAnalyzer(next: Analyzer | ChatModel): Analyzer {
  const rest = 'analyse' in next ? next : createLlmAnalyzer(next);
  return {
    name: `tiered:${rest.name}`,
    ...(rest.failuresPerSample === undefined ? {} : { failuresPerSample: rest.failuresPerSample }),
    analyse(sample, context) {
      const lesson = knownLesson(sample);
      if (lesson === undefined) return rest.analyse(sample, context);
      return Promise.resolve({ ok: true, lessons: [lesson], calls: 0, usage: NO_USAGE });
    },
  };
}

function knownLesson(sample: FailureSample): Lesson | undefined {
  const signs = sample.failures.flatMap((run) => signIn(run) ?? []);
  const byName = Map.groupBy(signs, ({ pattern }) => pattern.name);
  const [most = []] = [...byName.values()].sort((a, b) => b.length - a.length);
  const [first] = most;
  if (first === undefined || most.length < sample.failures.length * SHARE_MIN) return undefined;
  const { pattern, step } = first;
  return {
    kind: 'checklist',
    content: pattern.content(step),
    appliesWhen: pattern.appliesWhen(step),
    because: `known pattern ${pattern.name} in ${most.length} of ${sample.failures.length} failed runs`,
    quotes: most.map(({ quote }) => quote),
  };
}

function signIn(run: TracedRun): Sign | undefined {
  const { runId } = run.summary;
  for (const span of shownSpans(run)) {
    if (span.status !== 'Error') continue;
    const found = find(spanTexts(span).output);
    if (found === undefined) continue;
    const quote: Quote = { runId, spanId: span.spanId, field: 'output', quote: found.quote };
    return { pattern: found.pattern, step: span.tool, quote };
  }
  const spanId = rootOf(run)?.spanId ?? '';
  for (const { comment } of run.outcomes) {
    const found = find(comment);
    if (found !== undefined)
      return {
        pattern: found.pattern,
        step: '',
        quote: { runId, spanId, field: 'outcome', quote: found.quote },
      };
  }
  return undefined;
}

function find(text: string): { readonly pattern: KnownPattern; readonly quote: string } | undefined {
  for (const pattern of KNOWN_PATTERNS) {
    const match = pattern.sign.exec(text);
    if (match === null) continue;
    const from = Math.max(0, match.index - QUOTE_MARGIN);
    const quote = text.slice(from, match.index + match[0].length + QUOTE_MARGIN).trim();
    if (quote.length >= QUOTE_CHARACTERS_MIN) return { pattern, quote };
  }
  return undefined;
}
