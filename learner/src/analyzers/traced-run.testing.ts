import type { RunSummary, SpanView, StoredOutcome } from '@tracelore/collector/store';
import { bareRun, bareSpan } from './bare-run.ts';
import type { TracedRun } from './traced-run.ts';

/** A span for tests: an agent span that succeeded, unless told otherwise. */
export function spanView(part: Partial<SpanView> = {}): SpanView {
  return bareSpan({
    traceId: 'a'.repeat(32),
    spanId: '1'.repeat(16),
    runId: 'run-1',
    name: 'answer',
    operation: 'invoke_agent',
    startTime: '2026-11-20T00:00:00.000000000Z',
    durationMs: 1,
    status: 'Ok',
    agent: 'sql-agent',
    input: 'How many orders were there in May?',
    output: '41',
    ...part,
  });
}

/** A run for tests: closed, one span, failed by a check unless told otherwise. */
export function tracedRun(
  runId: string,
  part: {
    readonly summary?: Partial<RunSummary>;
    readonly spans?: readonly Partial<SpanView>[];
    readonly outcomes?: readonly Partial<StoredOutcome>[];
  } = {},
): TracedRun {
  const spans = (part.spans ?? [{}]).map((span, index) =>
    spanView({ runId, spanId: `${runId}-${index + 1}`, ...span }),
  );
  const outcomes = (part.outcomes ?? [{}]).map((outcome): StoredOutcome => ({
    source: 'check',
    score: 0,
    passed: false,
    comment: 'expected 39, got 41',
    ...outcome,
  }));
  return { summary: runSummary(runId, { outcome: outcomes[0] ?? null, ...part.summary }), spans, outcomes };
}

function runSummary(runId: string, part: Partial<RunSummary>): RunSummary {
  return bareRun({
    project: 'default',
    runId,
    traceId: 'a'.repeat(32),
    rootSpanId: `${runId}-1`,
    name: 'answer',
    agent: 'sql-agent',
    service: 'shop',
    status: 'Ok',
    startTime: '2026-11-20T00:00:00.000000000Z',
    durationMs: 1,
    ...part,
  });
}
