import type { LogRecord, OutcomeRecord, SpanRecord } from '../../records.ts';

/** 2026-11-02 12:00:00 UTC in Unix ns: where sample runs begin. */
export const SAMPLE_START_NS = 1_793_620_800_000_000_000n;
export const SAMPLE_START_MS: number = Number(SAMPLE_START_NS / 1_000_000n);

/** A span with every field filled by its default; pass what the test is about. */
export function sampleSpan(fields: Partial<SpanRecord> = {}): SpanRecord {
  const runId = fields.runId ?? 'a'.repeat(32);
  return {
    project: 'p',
    traceId: runId,
    spanId: '1'.repeat(16),
    parentSpanId: '',
    runId,
    trialId: '',
    name: 'answer',
    kind: 'agent',
    otelKind: 'Internal',
    service: 'shop',
    environment: 'test',
    scopeName: 'tracelore',
    scopeVersion: '1',
    startUnixNano: SAMPLE_START_NS,
    durationNano: 1_500_000_000n,
    status: 'Ok',
    statusMessage: '',
    errorType: '',
    operation: 'invoke_agent',
    provider: '',
    requestModel: '',
    responseModel: '',
    responseId: '',
    finishReasons: [],
    agent: 'helper',
    tool: '',
    toolCallId: '',
    conversationId: '',
    sessionId: '',
    userId: '',
    tags: [],
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    costNanoUsd: null,
    costSource: '',
    timeToFirstChunk: null,
    input: 'a question',
    output: 'an answer',
    systemInstructions: '',
    toolDefinitions: '',
    knowledgeDecision: '',
    knowledgeSnapshot: null,
    knowledgeArm: '',
    knowledgeItems: [],
    fingerprint: '',
    attributes: new Map(),
    attributeTypes: new Map(),
    resourceAttributes: new Map(),
    scopeAttributes: new Map(),
    events: [],
    links: [],
    traceState: '',
    flags: 0,
    dialect: 'gen_ai',
    mappingVersion: 1,
    receivedAtMs: SAMPLE_START_MS + 2_000,
    warnings: [],
    ...fields,
  };
}

/** A model call: two seconds after the run began unless said otherwise. */
export function sampleModelCall(fields: Partial<SpanRecord> = {}): SpanRecord {
  return sampleSpan({
    spanId: '2'.repeat(16),
    parentSpanId: '1'.repeat(16),
    name: 'chat m',
    kind: 'llm',
    operation: 'chat',
    provider: 'openai',
    requestModel: 'm',
    agent: '',
    startUnixNano: SAMPLE_START_NS + 2_000_000_000n,
    ...fields,
  });
}

export function sampleOutcome(fields: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    project: 'p',
    outcomeId: 'o1',
    runId: 'a'.repeat(32),
    traceId: '',
    spanId: '',
    name: 'accuracy',
    source: 'check',
    score: null,
    passed: true,
    comment: '',
    timeUnixNano: SAMPLE_START_NS + 3_000_000_000n,
    receivedAtMs: SAMPLE_START_MS + 3_000,
    ...fields,
  };
}

export function sampleLog(fields: Partial<LogRecord> = {}): LogRecord {
  return {
    project: 'p',
    traceId: 'a'.repeat(32),
    spanId: '1'.repeat(16),
    flags: 1,
    timeUnixNano: SAMPLE_START_NS,
    severityNumber: 9,
    severityText: 'INFO',
    service: 'shop',
    eventName: '',
    body: 'a message',
    scopeName: 'app',
    scopeVersion: '1',
    attributes: new Map(),
    resourceAttributes: new Map(),
    scopeAttributes: new Map(),
    receivedAtMs: SAMPLE_START_MS,
    ...fields,
  };
}
