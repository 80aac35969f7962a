import type { RunSummary, SpanView, StoredOutcome } from '@tracelore/collector/store';
import type { TracedRun } from './traced-run.ts';

/** A span for tests: an agent span that succeeded, unless told otherwise. */
export function spanView(part: Partial<SpanView> = {}): SpanView {
  return {
    traceId: 'a'.repeat(32),
    spanId: '1'.repeat(16),
    parentSpanId: '',
    runId: 'run-1',
    name: 'answer',
    kind: 'agent',
    operation: 'invoke_agent',
    startTime: '2026-11-20T00:00:00.000000000Z',
    durationMs: 1,
    status: 'Ok',
    statusMessage: '',
    errorType: '',
    provider: '',
    requestModel: '',
    responseModel: '',
    agent: 'sql-agent',
    tool: '',
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    cost: null,
    costSource: '',
    input: 'How many orders were there in May?',
    output: '41',
    systemInstructions: '',
    knowledgeDecision: '',
    knowledgeSnapshot: null,
    knowledgeArm: '',
    knowledgeItems: [],
    attributes: {},
    events: [],
    ...part,
  };
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
  return {
    project: 'default',
    runId,
    traceId: 'a'.repeat(32),
    rootSpanId: `${runId}-1`,
    trialId: '',
    name: 'answer',
    agent: 'sql-agent',
    service: 'shop',
    environment: '',
    state: 'closed',
    status: 'Ok',
    errorType: '',
    startTime: '2026-11-20T00:00:00.000000000Z',
    durationMs: 1,
    spans: 1,
    errors: 0,
    modelCalls: 0,
    toolCalls: 0,
    models: [],
    inputTokens: null,
    outputTokens: null,
    cost: null,
    modelCosts: {},
    unpricedCalls: 0,
    conversationId: '',
    sessionId: '',
    userId: '',
    tags: [],
    fingerprint: '',
    knowledgeSnapshot: null,
    knowledgeArm: '',
    knowledgeItems: [],
    outcome: null,
    ...part,
  };
}
