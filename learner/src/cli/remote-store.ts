import type { StoreStatus } from '@tracelore/collector/store';
import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import { follow } from './poll.ts';
import type { StoreTarget } from './store-target.ts';

const work = z.looseObject({
  kind: z.string(),
  state: z.enum(['running', 'done', 'failed', 'interrupted']),
  progress: z.string(),
  startedAt: z.string(),
});
const current = z.object({ work: work.nullable() });
const imported = z.object({ rows: z.number(), rejected: z.number(), problem: z.string() });
const table = z.object({
  name: z.string(),
  engine: z.string(),
  rows: z.number(),
  bytesOnDisk: z.number(),
  compressedBytes: z.number(),
  uncompressedBytes: z.number(),
  bytesPerRow: z.number().nullable(),
  parts: z.number(),
  partsInPartitionMax: z.number(),
  oldestDay: z.string().nullable(),
  newestDay: z.string().nullable(),
  deduplicationWindow: z.number(),
});
const status: z.ZodType<StoreStatus> = z.object({
  engineVersion: z.string(),
  database: z.string(),
  kind: z.string(),
  place: z.string(),
  tables: z.array(table),
  schema: z.record(z.string(), z.number()),
  disks: z.array(
    z.object({ name: z.string(), path: z.string(), freeBytes: z.number(), totalBytes: z.number() }),
  ),
  systemLogs: z.array(
    z.object({ name: z.string(), rows: z.number(), bytesOnDisk: z.number(), isBounded: z.boolean() }),
  ),
  warnings: z.array(z.string()),
});

/** Works through the service that has the store open. */
export function remoteStore(client: ApiClient): StoreTarget {
  const untilDone = async (
    begun: z.infer<typeof work>,
    tell: (progress: string) => void,
  ): Promise<string> => {
    const ended = await follow(async () => (await client.get('/v1/store/work', current)).work ?? begun, {
      isDone: ({ state, startedAt }) => state !== 'running' || startedAt !== begun.startedAt,
      tell: ({ progress }) => progress,
      note: tell,
    });
    if (ended.startedAt !== begun.startedAt || ended.state !== 'done')
      throw new CliError(`The ${begun.kind} ${ended.state}: ${ended.progress}.`);
    return ended.progress;
  };
  return {
    place: client.url,
    isEmbedded: false,
    status: () => client.get('/v1/store', status),
    optimize: async (tell) => await untilDone(await client.post('/v1/store/optimize', {}, work), tell),
    backUp: async (name, tell) =>
      await untilDone(await client.post('/v1/store/backups', name === undefined ? {} : { name }, work), tell),
    exportRows: ({ table: name, format, fromMs, toMs }) =>
      client.bytes('/v1/store/export', { table: name, format, from: timeText(fromMs), to: timeText(toMs) }),
    importLines: (kind, lines) =>
      client.post(
        '/v1/store/import',
        kind === 'otlp' ? { kind, lines } : { kind: 'rows', table: kind, lines },
        imported,
      ),
    close: async () => undefined,
  };
}

function timeText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
