import { guarded } from '@tracelore/sdk';
import type { AgentMiddleware } from 'langchain';

import { withBlock } from './inject.ts';
import { enclosingRun, type InjectionOptions, RunKnowledge } from './run-knowledge.ts';
import { enterToolBody } from './tool-body.ts';

/**
 * Middleware for `createAgent`: gets knowledge once per run, for what the user asked last, and puts it behind the
 * agent's own system text in every model call, exactly once. With no text the request is passed on untouched.
 *
 * Only `wrapModelCall` is used. `beforeAgent` would add a node to the application's graph (one more step against its
 * recursion limit, one more update in its streams); `wrapToolCall` would make errors of tools fatal.
 */
export function traceloreMiddleware(
  options: InjectionOptions = {},
): AgentMiddleware<undefined, undefined, unknown> {
  const knowledge = new RunKnowledge(options);
  return {
    name: 'tracelore',
    wrapModelCall: async (request, handler) => {
      guarded('langchain_tool', undefined, () => request.tools.forEach(enterToolBody));
      const { systemMessage: system, messages } = request;
      const text = await knowledge.textFor([system, ...messages], enclosingRun());
      if (text === '') return handler(request);
      const systemMessage = guarded('inject', system, () => withBlock(system, text));
      return handler({ ...request, systemMessage });
    },
  };
}
