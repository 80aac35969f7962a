import type { Dialect } from '../dialect.ts';

/** Command-line coding agents (Claude Code, Codex, Copilot): short attribute names under scopes of their own. */
export const CODING_AGENTS: Dialect = {
  name: 'coding_agent',
  scopes: ['com.anthropic.claude_code', 'claude_code', 'claude-code', 'codex', 'github.copilot'],
  prefixes: ['claude_code.', 'codex.', 'github.copilot.', 'span.type'],
  sourcesAreLocal: true,
  sources: {
    requestModel: ['codex.model'],
    inputTokens: ['codex.turn.token_usage.input_tokens', 'input_token_count'],
    outputTokens: ['codex.turn.token_usage.output_tokens', 'output_token_count'],
    cacheReadTokens: ['codex.turn.token_usage.cached_input_tokens', 'cached_token_count'],
    cacheWriteTokens: ['codex.turn.token_usage.cache_write_input_tokens'],
    reasoningTokens: [
      'codex.usage.reasoning_output_tokens',
      'codex.turn.token_usage.reasoning_output_tokens',
      'reasoning_token_count',
    ],
    conversationId: ['conversation.id', 'conversation_id', 'turn.id'],
    tool: ['tool_name'],
    toolCallId: ['tool_use_id', 'call_id'],
    input: ['user_prompt'],
    toolArguments: ['tool.input', 'tool_input', 'tool_parameters'],
    toolResult: ['tool.output', 'tool_output', 'tool_result'],
  },
  operations: {
    'span.type': {
      interaction: 'invoke_agent',
      llm_request: 'chat',
      tool: 'execute_tool',
      tool_execution: 'execute_tool',
    },
  },
};
