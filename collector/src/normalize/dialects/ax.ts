import { readNumber } from '../canonical-fields.ts';
import type { Dialect } from '../dialect.ts';

/** Ax: usage in span events, prompt tokens without the cached ones. */
export const AX: Dialect = {
  name: 'ax',
  scopes: ['@ax-llm/', 'ax'],
  prefixes: ['ax.'],
  sources: {
    sessionId: ['ax.session.id'],
    toolCallId: ['function.id'],
    tool: ['function.name'],
  },
  refine: ({ name, events }, fields) => {
    if (name === 'AI Chat Request') fields.operation ??= 'chat';
    if (name.startsWith('Tool: ')) {
      fields.operation ??= 'execute_tool';
      fields.tool ??= name.slice('Tool: '.length);
    }
    const usage = events.findLast((event) => event.attributes.has('gen_ai.usage.input_tokens'))?.attributes;
    if (usage === undefined) return;
    const count = (key: string): number | undefined => readNumber(usage.get(`gen_ai.usage.${key}`) ?? null);
    const input = count('input_tokens');
    const output = count('output_tokens');
    const cacheRead = count('cache_read_input_tokens') ?? count('cache_read.input_tokens');
    const cacheWrite = count('cache_creation_input_tokens') ?? count('cache_creation.input_tokens');
    if (cacheRead !== undefined) fields.cacheReadTokens ??= cacheRead;
    if (cacheWrite !== undefined) fields.cacheWriteTokens ??= cacheWrite;
    if (input !== undefined) fields.inputTokens ??= input + (cacheRead ?? 0) + (cacheWrite ?? 0);
    if (output !== undefined) fields.outputTokens ??= output;
  },
};
