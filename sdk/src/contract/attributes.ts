/**
 * Attribute names that Tracelore writes or reads. The GenAI names follow the OpenTelemetry GenAI semantic conventions
 * (`semantic-conventions-genai`, November 2026); they are copied here because the constants published on npm are marked
 * deprecated and the conventions still move: one place to change.
 */
export const ATTR = {
  // Tracelore's own, few on purpose.
  runId: 'tracelore.run.id',
  trialId: 'tracelore.trial.id',
  fingerprint: 'tracelore.fingerprint',
  knowledgeDecision: 'tracelore.knowledge.decision',
  knowledgeSnapshot: 'tracelore.knowledge.snapshot',
  knowledgeArm: 'tracelore.knowledge.arm',
  knowledgeItems: 'tracelore.knowledge.items',
  /** Where the SDK had the answer from: `service`, `cache`, `stale` or `none`; on `search_memory` spans. */
  knowledgeSource: 'tracelore.knowledge.source',
  tags: 'tracelore.tags',
  /** On tool spans: in a replay the call is answered from its recorded result. */
  toolReplayable: 'tracelore.tool.replayable',
  outcomeId: 'tracelore.outcome.id',
  outcomeSource: 'tracelore.outcome.source',
  outcomePassed: 'tracelore.outcome.passed',
  /** Why a span ended without its function ending: `abandoned` (the consumer stopped) or `shutdown`. */
  endReason: 'tracelore.end.reason',

  // Identity.
  sessionId: 'session.id',
  userId: 'user.id',
  serviceName: 'service.name',
  environment: 'deployment.environment.name',
  errorType: 'error.type',

  // GenAI conventions.
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',
  agentName: 'gen_ai.agent.name',
  workflowName: 'gen_ai.workflow.name',
  conversationId: 'gen_ai.conversation.id',
  toolName: 'gen_ai.tool.name',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  toolDefinitions: 'gen_ai.tool.definitions',
  systemInstructions: 'gen_ai.system_instructions',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  memoryStoreId: 'gen_ai.memory.store.id',
  memoryQueryText: 'gen_ai.memory.query.text',
  memoryRecordCount: 'gen_ai.memory.record.count',
  memoryRecords: 'gen_ai.memory.records',
  retrievalQuery: 'gen_ai.retrieval.query.text',
  retrievalDocuments: 'gen_ai.retrieval.documents',
  evaluationName: 'gen_ai.evaluation.name',
  evaluationScore: 'gen_ai.evaluation.score.value',
  evaluationLabel: 'gen_ai.evaluation.score.label',
  evaluationExplanation: 'gen_ai.evaluation.explanation',

  // Input and output of functions that are neither model nor tool calls (the names OpenInference uses).
  inputValue: 'input.value',
  outputValue: 'output.value',
} as const;

/** Span event (and log event) that carries an outcome. */
export const EVENT_EVALUATION = 'gen_ai.evaluation.result';

/** Largest attribute value kept, bytes of UTF-8; the rest is cut and marked with {@link TRUNCATION_MARK}. */
export const ATTRIBUTE_BYTES_MAX = 1_048_576;
export const TRUNCATION_MARK = '…[truncated]';
