import { ATTR } from '@tracelore/sdk/contract';
import type { Dialect } from '../dialect.ts';

/** Names without a vendor, read last. A span that speaks no dialect is `plain`. */
export const PLAIN: Dialect = {
  name: 'plain',
  scopes: [],
  prefixes: [],
  sources: {
    sessionId: ['session_id'],
    userId: ['user_id'],
    requestModel: ['model'],
    inputTokens: ['input_tokens'],
    outputTokens: ['output_tokens'],
    cacheReadTokens: ['cache_read_tokens', 'cache_read_input_tokens', 'cached_content_token_count'],
    cacheWriteTokens: ['cache_creation_tokens', 'cache_creation_input_tokens'],
    reasoningTokens: ['reasoning_tokens'],
    toolArguments: ['tool_arguments'],
    toolResult: ['tool_response'],
    input: [ATTR.inputValue, 'input'],
    output: [ATTR.outputValue, 'output'],
  },
};
