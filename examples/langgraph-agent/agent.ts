import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { traceloreMiddleware } from '@tracelore/adapters/langchain';
import { createAgent, type ReactAgent } from 'langchain';

import { findOrder } from './orders.ts';

/** A support agent with one tool. The middleware puts what Tracelore has learned behind the system prompt. */
export function createSupportAgent(model: BaseChatModel): ReactAgent {
  return createAgent({
    name: 'support',
    model,
    tools: [findOrder],
    systemPrompt: 'You answer customers of a small shop in one or two sentences. Look orders up.',
    middleware: [traceloreMiddleware()],
  });
}
