import type { CanonicalFields } from '../canonical-fields.ts';
import { readEventList } from '../content/message-events.ts';
import { isJson, parsedJson } from '../content/message-part.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** Smaller conventions that a table covers: MLflow, LiveKit, Pydantic AI, Flue, Agenta, Braintrust and the like. */
export const OTHER_VENDORS: Dialect = {
  name: 'other_vendor',
  scopes: ['pydantic-ai', 'mlflow', 'livekit', 'flue'],
  prefixes: ['mlflow.', 'lk.', 'pydantic_ai.', 'model_request_parameters', 'flue.', 'ag.', 'braintrust.'],
  sourcesAreLocal: true,
  sources: {
    agent: ['agent_name', 'flue.agent.name'],
    tool: ['flue.tool.name'],
    toolCallId: ['flue.tool.call_id'],
    requestModel: ['mlflow.llm.model', 'ag.meta.model', 'model_name'],
    provider: ['mlflow.llm.provider'],
    conversationId: ['lk.session_id', 'thread_id'],
    sessionId: ['ag.session.id'],
    userId: ['ag.user.id'],
    inputTokens: ['ag.metrics.unit.tokens.prompt', 'braintrust.metrics.prompt_tokens'],
    outputTokens: ['ag.metrics.unit.tokens.completion', 'braintrust.metrics.completion_tokens'],
    reportedCost: ['operation.cost', 'ag.metrics.unit.costs.total'],
    input: [
      'pydantic_ai.all_messages',
      'all_messages_events',
      'mlflow.spanInputs',
      'lk.chat_ctx',
      'lk.user_input',
      'lk.user_transcript',
      'lk.input_text',
      'flue.workflow.payload',
      'flue.input',
      'flue.model.input',
      'flue.turn.input',
      'prompt',
      'ag.data.inputs',
    ],
    output: [
      'final_result',
      'mlflow.spanOutputs',
      'lk.response.text',
      'flue.workflow.result',
      'flue.operation.result',
      'flue.output',
      'flue.model.output',
      'flue.turn.output',
      'ag.data.outputs',
    ],
    toolArguments: ['flue.tool.arguments', 'lk.function_tool.arguments'],
    toolResult: ['flue.tool.result', 'lk.function_tool.output'],
  },
  operations: {
    'mlflow.spanType': {
      llm: 'chat',
      chat_model: 'chat',
      tool: 'execute_tool',
      agent: 'invoke_agent',
      retriever: 'retrieval',
      embedding: 'embeddings',
      reranker: 'rerank',
      chain: 'chain',
    },
    'ag.type.node': {
      chat: 'chat',
      llm: 'chat',
      completion: 'chat',
      tool: 'execute_tool',
      agent: 'invoke_agent',
    },
  },
  refine: (span, fields) => {
    readMlflow(span, fields);
    readEventList(span.attributes.get('events') ?? null, fields);
  },
};

/** MLflow writes every attribute as JSON: its span type in quotes, usage and cost as objects. */
function readMlflow({ attributes }: SpanView, fields: CanonicalFields): void {
  if (fields.requestModel?.startsWith('"') === true) fields.requestModel = fields.requestModel.slice(1, -1);
  const usage = parsedJson(attributes.get('mlflow.chat.tokenUsage') ?? null);
  if (isJson(usage)) {
    if (typeof usage['input_tokens'] === 'number') fields.inputTokens ??= usage['input_tokens'];
    if (typeof usage['output_tokens'] === 'number') fields.outputTokens ??= usage['output_tokens'];
  }
  const cost = parsedJson(attributes.get('mlflow.llm.cost') ?? null);
  if (isJson(cost) && typeof cost['total_cost'] === 'number') fields.reportedCost ??= cost['total_cost'];
}
