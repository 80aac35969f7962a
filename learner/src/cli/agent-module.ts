import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { registerRunner as RegisterRunner, Runner, TrialFunction } from '@tracelore/sdk';
import { z } from 'zod';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';

/** Specifier that stands for the SDK as the agent's module sees it. */
const AGENT_SDK = 'tracelore:sdk-of-the-agent';
const EXPORT_DEFAULT = 'default';
/** Longest wait for the service to hear of the runner, and pause between two looks, ms. */
const KNOWN_WAIT_MS = 10_000;
const KNOWN_PAUSE_MS = 50;

type Sdk = { readonly registerRunner: typeof RegisterRunner };

/** An agent that runs trials in this process until it is stopped. */
export interface LoadedAgent {
  stop(): Promise<void>;
}

/**
 * Loads `./file.ts#export` (default export when none is named) and offers it as a runner to the service. The module must
 * export a function that takes a task and returns an answer.
 */
export async function loadAgent(
  reference: string,
  context: CliContext,
  options: { readonly concurrency?: number } = {},
): Promise<LoadedAgent> {
  const { file, name } = parseReference(reference);
  // The module's own SDK reads these when it is first used.
  process.env['TRACELORE_API_URL'] = context.client.url;
  if (context.project !== undefined) process.env['TRACELORE_PROJECT'] = context.project;
  const agent = await importAgent(file, name);
  const { registerRunner } = await importSdk(pathToFileURL(file).href);
  const runner: Runner = registerRunner(agent, { ...options, keepAlive: true });
  try {
    await waitUntilKnown(context);
  } catch (error) {
    await runner.stop();
    throw error;
  }
  return { stop: () => runner.stop() };
}

const runners = z.looseObject({ runners: z.number() });

/** The service must have heard of the runner before it looks for one. */
async function waitUntilKnown(context: CliContext): Promise<void> {
  for (let waited = 0; waited < KNOWN_WAIT_MS; waited += KNOWN_PAUSE_MS) {
    const status = await context.client.get('/v1/status', runners);
    if (status.runners > 0) return;
    await pause(KNOWN_PAUSE_MS);
  }
  throw new CliError(
    `--agent: the service at ${context.client.url} did not hear of the agent within ${KNOWN_WAIT_MS / 1_000} s. Does the agent's own configuration name another address or project?`,
  );
}

function parseReference(reference: string): { readonly file: string; readonly name: string } {
  const at = reference.lastIndexOf('#');
  const [given, name] =
    at === -1 ? [reference, EXPORT_DEFAULT] : [reference.slice(0, at), reference.slice(at + 1)];
  const file = path.resolve(given);
  if (!existsSync(file)) {
    throw new CliError(`--agent: there is no file ${file}; expected ./file.ts#export.`);
  }
  return { file, name: name === '' ? EXPORT_DEFAULT : name };
}

async function importAgent(file: string, name: string): Promise<TrialFunction> {
  let module: unknown;
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    throw new CliError(`--agent: ${file} cannot be loaded: ${why}`, { cause: error });
  }
  const exported = typeof module === 'object' && module !== null ? { ...module } : {};
  const found: unknown = Object.entries(exported).find(([key]) => key === name)?.[1];
  if (isTrialFunction(found)) return found;
  const functions = Object.entries(exported)
    .filter(([, value]) => typeof value === 'function')
    .map(([key]) => key);
  throw new CliError(
    `--agent: ${file} has no function "${name}"; its functions are ${functions.length === 0 ? 'none' : functions.join(', ')}.`,
  );
}

function isTrialFunction(value: unknown): value is TrialFunction {
  return typeof value === 'function';
}

/**
 * The SDK that the agent itself uses: trials travel in its memory, so a second copy would not see them. When the agent's
 * directory has none, the one beside this command.
 */
async function importSdk(agentUrl: string): Promise<Sdk> {
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === AGENT_SDK
        ? next('@tracelore/sdk', { ...context, parentURL: agentUrl })
        : next(specifier, context),
  });
  try {
    const sdk: Sdk = await import(AGENT_SDK);
    return sdk;
  } catch {
    return await import('@tracelore/sdk');
  } finally {
    hooks.deregister();
  }
}
