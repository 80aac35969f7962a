import { userInfo } from 'node:os';
import { ALL_PROJECTS, openTenancy, SERVICE_SUBJECT } from '@tracelore/collector/store';
import { readConfigFile } from '../config-file.ts';
import { resolveConfig } from '../config.ts';
import { keyShown, newKeyRequest, termOf } from '../http/keys.ts';
import { CliError } from './cli-error.ts';
import { openConfiguredStore } from './configured-store.ts';

/**
 * Makes a key in the database of the configuration, without the service: whoever may open the database is its owner. A
 * service on a ClickHouse server takes the key within seconds; an embedded database belongs to one process at a time.
 */
export async function createKeyOffline(request: object, project: string | undefined): Promise<object> {
  const parsed = newKeyRequest.safeParse(request);
  if (!parsed.success)
    throw new CliError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '),
    );
  const { actor, name, scopes, allProjects } = parsed.data;
  const config = resolveConfig({
    arguments: { project },
    environment: process.env,
    file: await readConfigFile(process.cwd()),
  });
  const store = await openConfiguredStore(config);
  try {
    const apiKeys = [...config.apiKeys].map(([key, keyProject]) => ({ key, project: keyProject }));
    const tenancy = await openTenancy({
      store,
      apiKeys,
      report: (text) => process.stderr.write(`${text}\n`),
    });
    const target = allProjects ? ALL_PROJECTS : config.project;
    const now = new Date();
    const made = await tenancy.keys.create(
      { project: target, name, scopes, ...termOf(parsed.data, now) },
      { principal: undefined, actor },
    );
    await tenancy.audit.record({
      ...SERVICE_SUBJECT,
      actor: `${actor} (${userInfo().username}, offline)`,
      project: target,
      action: 'key.create',
      object: made.record.keyId,
      result: 'done',
      detail: `${name}: ${scopes.join(', ')} for ${target}`,
    });
    await tenancy.close();
    return { key: made.key, ...keyShown(made.record, now) };
  } finally {
    await store.close();
  }
}
