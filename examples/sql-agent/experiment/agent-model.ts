import OpenAI from 'openai';
import { VOCABULARY, renamedVocabulary } from '../language/recognisers.ts';
import { SIMULATED_MODEL, startModelServer } from '../model/server.ts';
import type { World } from '../world/world.ts';
import type { Control } from './options.ts';

/** The model behind the agent and behind the analyzer. */
export interface AgentModel {
  readonly name: string;
  readonly simulated: boolean;
  readonly client: OpenAI;
  /** What the service needs in its environment to use the same model. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const REAL_MODEL_DEFAULT = 'gpt-5-mini';
const RETRIES_MAX = 3;

/**
 * A real model when `OPENAI_API_KEY` or `OPENAI_BASE_URL` is set (`TRACELORE_MODEL` names it), else the simulated one of
 * this world on a port of its own.
 */
export async function openAgentModel(
  world: World,
  control: Control | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<AgentModel> {
  const apiKey = environment['OPENAI_API_KEY'] ?? '';
  const baseUrl = environment['OPENAI_BASE_URL'] ?? '';
  if (apiKey !== '' || baseUrl !== '') {
    const name = environment['TRACELORE_MODEL'] ?? REAL_MODEL_DEFAULT;
    return {
      name,
      simulated: false,
      client: clientOf(apiKey, baseUrl),
      environment: { TRACELORE_MODEL: name },
      close: async () => {},
    };
  }
  const vocabulary = control === 'renamed-vocabulary' ? renamedVocabulary(VOCABULARY) : VOCABULARY;
  const server = await startModelServer({ seed: world.seed, truth: world.truth, vocabulary });
  const simulatedKey = 'simulated';
  return {
    name: SIMULATED_MODEL,
    simulated: true,
    client: clientOf(simulatedKey, server.url),
    environment: {
      TRACELORE_MODEL: SIMULATED_MODEL,
      OPENAI_API_KEY: simulatedKey,
      OPENAI_BASE_URL: server.url,
    },
    close: () => server.close(),
  };
}

function clientOf(apiKey: string, baseURL: string): OpenAI {
  return new OpenAI({
    apiKey: apiKey === '' ? 'none' : apiKey,
    ...(baseURL === '' ? {} : { baseURL }),
    maxRetries: RETRIES_MAX,
  });
}
