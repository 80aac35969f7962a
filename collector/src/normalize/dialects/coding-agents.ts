import type { Dialect } from '../dialect.ts';

/** Command-line coding agents (Claude Code, Codex, Copilot): short attribute names under scopes of their own. */
export const CODING_AGENTS: Dialect = {
  name: 'coding_agent',
  scopes: ['com.anthropic.claude_code', 'claude_code', 'codex', 'github.copilot'],
  prefixes: ['claude_code.', 'codex.', 'github.copilot.', 'span.type'],
  sourcesAreLocal: true,
  sources: {
    requestModel: ['model', 'codex.model'],
    inputTokens: ['input_tokens', 'input_token_count'],
    outputTokens: ['output_tokens', 'output_token_count'],
    cacheReadTokens: ['cache_read_tokens', 'cached_token_count', 'cache_read_input_tokens'],
    cacheWriteTokens: ['cache_creation_tokens', 'cache_creation_input_tokens'],
    reasoningTokens: ['reasoning_token_count', 'reasoning_tokens'],
    conversationId: ['conversation.id', 'conversation_id'],
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
