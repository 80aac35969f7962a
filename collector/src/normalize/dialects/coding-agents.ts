import { readNumber, type CanonicalFields } from '../canonical-fields.ts';
import type { Dialect, SpanView } from '../dialect.ts';

/** What a span of Claude Code or Codex is, by its name. */
const SPAN_NAMES: Readonly<Record<string, string>> = {
  'claude_code.interaction': 'invoke_agent',
  'claude_code.llm_request': 'chat',
  'claude_code.tool': 'execute_tool',
  'claude_code.tool.execution': 'execute_tool',
  'session_task.turn': 'invoke_agent',
};

/** Command-line coding agents (Claude Code, Codex, Copilot): short attribute names under scopes of their own. */
export const CODING_AGENTS: Dialect = {
  name: 'coding_agent',
  scopes: [
    'com.anthropic.claude_code',
    'claude_code',
    'claude-code',
    'claude-cowork',
    'codex',
    'openai.codex',
    'gemini-cli',
    'gemini_cli',
    'github.copilot',
  ],
  prefixes: ['claude_code.', 'claude.code.', 'claude.cowork.', 'codex.', 'github.copilot.', 'span.type'],
  spanNames: ['claude_code.'],
  sourcesAreLocal: true,
  sources: {
    requestModel: ['codex.model', 'model'],
    responseModel: ['codex.model'],
    inputTokens: ['codex.turn.token_usage.input_tokens', 'input_token_count'],
    outputTokens: ['codex.turn.token_usage.output_tokens', 'output_token_count'],
    cacheReadTokens: [
      'codex.turn.token_usage.cached_input_tokens',
      'cached_token_count',
      'cached_content_token_count',
    ],
    cacheWriteTokens: ['codex.turn.token_usage.cache_write_input_tokens'],
    reasoningTokens: [
      'codex.usage.reasoning_output_tokens',
      'codex.turn.token_usage.reasoning_output_tokens',
      'reasoning_token_count',
      'thoughts_token_count',
    ],
    reportedCost: ['cost_usd', 'claude_code.cost_usd'],
    conversationId: ['conversation.id', 'conversation_id', 'thread.id', 'turn.id'],
    sessionId: ['claude.code.session_id', 'claude.cowork.session_id'],
    responseId: ['request_id'],
    finishReasons: ['stop_reason'],
    tool: ['tool_name', 'function_name', 'claude.code.tool.name'],
    toolCallId: ['tool_use_id', 'call_id'],
    input: ['user_prompt', 'prompt'],
    output: ['response_text', 'response'],
    toolArguments: ['tool.input', 'tool_input', 'tool_parameters', 'function_args', 'arguments'],
    toolResult: ['tool.output', 'tool_output', 'tool_result', 'output'],
  },
  operations: {
    'span.type': {
      interaction: 'invoke_agent',
      llm_request: 'chat',
      tool: 'execute_tool',
      tool_execution: 'execute_tool',
    },
  },
  refine: (span, fields) => {
    const operation = SPAN_NAMES[span.name];
    if (operation !== undefined && !span.attributes.has('span.type')) fields.operation ??= operation;
    readClaude(span, fields);
    readGemini(span, fields);
    const milliseconds = readNumber(span.attributes.get('ttft_ms') ?? null);
    if (milliseconds !== undefined) fields.timeToFirstChunk ??= milliseconds / 1000;
    // Spans of Codex around one request say nothing of their operation.
    if (fields.operation === undefined && span.name.startsWith('handle_') && fields.inputTokens !== undefined)
      fields.operation = 'chat';
  },
};

/** Claude Code tells its counts as the API does: cached tokens stand beside the input. */
function readClaude({ attributes, name }: SpanView, fields: CanonicalFields): void {
  const count = (key: string): number | undefined => readNumber(attributes.get(key) ?? null);
  const cacheRead = count('cache_read_tokens');
  const cacheWrite = count('cache_creation_tokens');
  if (cacheRead === undefined && cacheWrite === undefined && name !== 'claude_code.llm_request') return;
  if (attributes.has('model') || name === 'claude_code.llm_request') fields.provider ??= 'anthropic';
  if (cacheRead !== undefined) fields.cacheReadTokens = cacheRead;
  if (cacheWrite !== undefined) fields.cacheWriteTokens = cacheWrite;
  const input = count('input_tokens');
  if (input !== undefined && !attributes.has('gen_ai.usage.input_tokens'))
    fields.inputTokens = input + (cacheRead ?? 0) + (cacheWrite ?? 0);
}

/** Gemini CLI counts as the API does: thinking stands beside the output. */
function readGemini({ attributes }: SpanView, fields: CanonicalFields): void {
  const thoughts = readNumber(attributes.get('thoughts_token_count') ?? null);
  const output = readNumber(attributes.get('output_token_count') ?? null);
  if (thoughts !== undefined && output !== undefined) fields.outputTokens = output + thoughts;
  if (thoughts !== undefined && attributes.has('model')) fields.provider ??= 'gcp.gemini';
}
