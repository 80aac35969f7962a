import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigSource } from './config.ts';
import { LearnerError } from './errors.ts';

/** Looked for in this order in the working directory; the first that is there counts. */
export const CONFIG_FILES = ['tracelore.config.ts', 'tracelore.config.json'] as const;

/**
 * Settings from the configuration file of a directory; `{}` when there is none. A `.ts` file exports them as default.
 * Throws {@link LearnerError} `config_invalid` when the file cannot be read as an object.
 */
export async function readConfigFile(directory: string): Promise<ConfigSource> {
  const file = CONFIG_FILES.map((name) => path.join(directory, name)).find((name) => existsSync(name));
  if (file === undefined) return {};
  let content: unknown;
  try {
    content = file.endsWith('.json')
      ? JSON.parse(await readFile(file, 'utf8'))
      : await import(pathToFileURL(file).href);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new LearnerError('config_invalid', `${file}: cannot be read: ${why}.`, { cause: error });
  }
  const settings = file.endsWith('.json') ? content : isObject(content) ? content['default'] : undefined;
  if (isObject(settings)) return settings;
  const wanted = file.endsWith('.json') ? 'a JSON object' : 'a default export with an object of';
  throw new LearnerError('config_invalid', `${file}: expected ${wanted} settings.`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
