import { modelConfigured, type Config } from './config.ts';
import type { ChatModel } from './llm/chat-model.ts';
import { createOpenAiChatModel } from './llm/openai-chat-model.ts';

/** Stands where a key is expected: a server of one's own may need none, but the protocol has a place for one. */
const NO_KEY = 'none';

/** The models of the learner; none without a key or a server. */
export function createModels(config: Config): { readonly model?: ChatModel; readonly judge?: ChatModel } {
  if (!modelConfigured(config)) return {};
  const server = {
    apiKey: config.openaiApiKey === '' ? NO_KEY : config.openaiApiKey,
    ...(config.openaiBaseUrl === '' ? {} : { baseUrl: config.openaiBaseUrl }),
  };
  return {
    model: createOpenAiChatModel({ model: config.model, ...server }),
    judge: createOpenAiChatModel({ model: config.judgeModel || config.model, ...server }),
  };
}
