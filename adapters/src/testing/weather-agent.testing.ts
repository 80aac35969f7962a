import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { trace } from '@tracelore/sdk';
import { type AgentMiddleware, createAgent, type ReactAgent } from 'langchain';
import { z } from 'zod';

/** Looks the weather up in a span of its own; `Nowhere` has none and makes it throw. */
const getWeather = tool(
  async ({ city }: { city: string }) => {
    if (city === 'Nowhere') throw new Error('no such city');
    await trace('look up', async () => city)();
    return JSON.stringify({ city, sky: 'sunny' });
  },
  { name: 'get_weather', description: 'The weather now.', schema: z.object({ city: z.string() }) },
);

export function scriptedChat(url: string, fields: { readonly maxRetries?: number } = {}): ChatOpenAI {
  return new ChatOpenAI({
    model: 'gpt-test',
    temperature: 0.2,
    apiKey: 'sk-test',
    configuration: { baseURL: url },
    maxRetries: 0,
    ...fields,
  });
}

export function startWeatherAgent(
  url: string,
  middleware: readonly AgentMiddleware<undefined, undefined, unknown>[],
  systemPrompt: string = 'Be brief.',
): ReactAgent {
  return createAgent({
    name: 'weatherman',
    model: scriptedChat(url),
    tools: [getWeather],
    systemPrompt,
    middleware,
  });
}
