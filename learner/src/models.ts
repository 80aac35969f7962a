import { modelConfigured, type Config } from './config.ts';
import type { ChatModel } from './llm/chat-model.ts';
import { dailySpending } from './llm/daily-spending.ts';
import { createOpenAiChatModel } from './llm/openai-chat-model.ts';
import type { Embedder } from './search/embedder.ts';
import { createOpenAiEmbedder } from './search/openai-embedder.ts';
import { staticEmbedder } from './search/static-embedder.ts';

/** Stands where a key is expected: a server of one's own may need none, but the protocol has a place for one. */
const NO_KEY = 'none';

/** The models of the learner, within the day's money; none without a key or a server. */
export function createModels(
  config: Config,
  now: () => Date = () => new Date(),
): { readonly model?: ChatModel; readonly judge?: ChatModel } {
  if (!modelConfigured(config)) return {};
  const server = serverOf(config);
  const model = createOpenAiChatModel({ model: config.model, ...server });
  const judge = createOpenAiChatModel({ model: config.judgeModel || config.model, ...server });
  if (config.modelUsdPerDay === 0) return { model, judge };
  const spending = dailySpending(now, config.modelUsdPerDay);
  return { model: spending.watch(model), judge: spending.watch(judge) };
}

/** The configured embedding model, else the built-in table. `report` is told when the model fails. */
export function createEmbedder(config: Config, report: (text: string) => void): Embedder {
  if (config.embeddingModel === '') return staticEmbedder;
  return createOpenAiEmbedder({
    model: config.embeddingModel,
    dimensions: config.embeddingDimensions,
    ...serverOf(config),
    onError: (error) =>
      report(`embedding model ${config.embeddingModel}: ${String(error)}; rules are found by words alone`),
  });
}

function serverOf(config: Config): { readonly apiKey: string; readonly baseUrl?: string } {
  return {
    apiKey: config.openaiApiKey === '' ? NO_KEY : config.openaiApiKey,
    ...(config.openaiBaseUrl === '' ? {} : { baseUrl: config.openaiBaseUrl }),
  };
}
