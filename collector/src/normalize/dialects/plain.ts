import { ATTR } from '@tracelore/sdk/contract';
import type { Dialect } from '../dialect.ts';

/** Names without a vendor, read last. A span that speaks no dialect is `plain`. */
export const PLAIN: Dialect = {
  name: 'plain',
  scopes: [],
  prefixes: [],
  sources: {
    conversationId: ['thread.id'],
    sessionId: ['session_id'],
    userId: ['user_id'],
    input: [ATTR.inputValue, 'input'],
    output: [ATTR.outputValue, 'output'],
  },
};
