import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  backupsFolder,
  openTenancy,
  restoreBackup,
  StoreError,
  type Restored,
  type StoreLocation,
} from '@tracelore/collector/store';
import { readConfigFile } from '../config-file.ts';
import { resolveConfig, type Config } from '../config.ts';
import { locationOf } from '../store/location.ts';
import { auditedStore } from './audited-store.ts';
import { CliError } from './cli-error.ts';
import { openConfiguredStore } from './configured-store.ts';
import type { CliContext } from './context.ts';
import { directStore } from './direct-store.ts';
import { remoteStore } from './remote-store.ts';
import type { StoreTarget } from './store-target.ts';

/**
 * The store of the configuration: opened here, or, when a service has it open or was named, through that service. A directory
 * that is not there is not made.
 */
export async function openTarget(
  context: Pick<CliContext, 'client' | 'project' | 'actor' | 'note'>,
  { data, isUrlGiven }: { readonly data: string | undefined; readonly isUrlGiven: boolean },
): Promise<StoreTarget> {
  if (isUrlGiven && data === undefined) return remoteStore(context.client);
  const config = await configOf({ data, project: context.project });
  if (config.clickhouseUrl === '' && !existsSync(path.join(config.data, 'chdb')))
    throw new CliError(
      `There is no database in ${path.resolve(config.data)}. Name its directory with --data, or a running service with --url.`,
    );
  try {
    const store = await openConfiguredStore(config);
    const tenancy = await openTenancy({ store, apiKeys: [], report: (text) => context.note(text) });
    return auditedStore(directStore(store, config), tenancy, {
      project: config.project,
      actor: context.actor,
    });
  } catch (error) {
    if (!StoreError.isInstance(error) || error.code !== 'locked') throw error;
    return await throughService(context, config, error);
  }
}

/** The directory is in use: the service that answers must be the one that uses it. */
async function throughService(
  { client }: Pick<CliContext, 'client'>,
  config: Config,
  locked: StoreError,
): Promise<StoreTarget> {
  const target = remoteStore(client);
  const { place } = await target.status().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(`${locked.message} Asked for the service on it: ${why}`, { cause: error });
  });
  if (place === path.resolve(config.data)) return target;
  throw new CliError(
    `${locked.message} The service at ${client.url} is not that process: it has ${place}. Name the right one with --url.`,
  );
}

/** Restores a backup of the configured folder, or any other folder, into the configured directory. */
export async function restoreConfigured(backup: string, data: string | undefined): Promise<Restored> {
  const config = await configOf({ data, project: undefined });
  const location = locationOf(config);
  if (location.kind === 'server')
    throw new CliError(
      'A backup on a server is restored by the server: RESTORE DATABASE … FROM Disk(…), see docs/production.md.',
    );
  return await restoreBackup({ backup: folderOf(backup, location), directory: location.directory });
}

/** A path, or a name among the backups. */
function folderOf(backup: string, location: Extract<StoreLocation, { kind: 'embedded' }>): string {
  if (existsSync(backup)) return path.resolve(backup);
  const folder = path.join(backupsFolder(location), backup);
  if (existsSync(folder)) return folder;
  throw new CliError(`There is no backup ${backup}, neither here nor in ${path.dirname(folder)}.`);
}

async function configOf(settings: {
  readonly data: string | undefined;
  readonly project: string | undefined;
}): Promise<Config> {
  const file = await readConfigFile(process.cwd());
  return resolveConfig({ arguments: settings, environment: process.env, file });
}
