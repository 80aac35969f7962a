import type { RunSummary, SpanView } from '@tracelore/collector/store';
import type { TracedRun } from '../analyzers/traced-run.ts';
import type { RunJudge } from '../signals/run-judge.ts';
import type { EvalCase } from './eval-case.ts';
import type { Scorer } from './scorer.ts';

/**
 * Scores an output about which nobody knows what to expect as the judge of runs would: by the task and the answer alone.
 * Cases that say what is expected, or what to look at, are another scorer's.
 */
export function createSignalScorer(judge: RunJudge, expecting: Scorer | undefined): Scorer {
  return {
    async score(evalCase, output, signal) {
      if (evalCase.expected !== '' || evalCase.judgePrompt !== undefined) {
        if (expecting !== undefined) return await expecting.score(evalCase, output, signal);
        return { ok: false, reason: `case ${evalCase.id} needs a judge and no model is configured` };
      }
      const result = await judge.judge(answeredRun(evalCase, output), signal);
      if (result.kind === 'abstained') return { ok: false, reason: `no judgement: ${result.reason}` };
      if (result.kind === 'failed') return { ok: false, reason: result.message };
      const { score, passed, comment } = result.verdict;
      return { ok: true, score: score ?? Number(passed), comment };
    },
  };
}

/** An output with its task, in the form in which runs are judged. */
function answeredRun({ project, id, task }: EvalCase, output: string): TracedRun {
  const spanId = '0'.repeat(16);
  return { summary: summaryOf(project, id, spanId), spans: [spanOf(id, spanId, task, output)], outcomes: [] };
}

function summaryOf(project: string, runId: string, rootSpanId: string): RunSummary {
  return {
    project,
    runId,
    traceId: '',
    rootSpanId,
    trialId: runId,
    name: 'answer',
    agent: '',
    service: '',
    environment: '',
    state: 'closed',
    status: 'Unset',
    errorType: '',
    startTime: '',
    durationMs: 0,
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
  };
}

function spanOf(runId: string, spanId: string, input: string, output: string): SpanView {
  return {
    traceId: '',
    spanId,
    parentSpanId: '',
    runId,
    name: 'answer',
    kind: 'agent',
    operation: '',
    startTime: '',
    durationMs: 0,
    status: 'Unset',
    statusMessage: '',
    errorType: '',
    provider: '',
    requestModel: '',
    responseModel: '',
    agent: '',
    tool: '',
    inputTokens: null,
    outputTokens: null,
    cacheReadTokens: null,
    cacheWriteTokens: null,
    reasoningTokens: null,
    cost: null,
    costSource: '',
    input,
    output,
    systemInstructions: '',
    knowledgeDecision: '',
    knowledgeSnapshot: null,
    knowledgeArm: '',
    knowledgeItems: [],
    attributes: {},
    events: [],
  };
}
