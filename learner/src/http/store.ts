import {
  EXPORT_FORMATS,
  exportRows,
  PORTABLE_TABLES,
  readStoreStatus,
  StoreError,
  type PortableTable,
  type Store,
} from '@tracelore/collector/store';
import { z } from 'zod';
import type { StoreMaintenance } from '../store/store-maintenance.ts';
import { endpoint, NO_BODY, NO_QUERY, type Endpoint } from './endpoint.ts';
import { json, problem } from './problem.ts';

/** Stores what comes from files. The collector's, where one runs in this process. */
export interface ImportPort {
  rows(project: string, table: PortableTable, lines: readonly string[]): Promise<object>;
  otlp(project: string, lines: readonly string[]): Promise<object>;
}

export interface StoreServices {
  readonly store: Pick<Store, 'driver' | 'database' | 'location'>;
  readonly maintenance: StoreMaintenance;
  readonly importer: ImportPort | undefined;
  /** Resolves when what was received before is stored. */
  readonly settle: () => Promise<void>;
}

/** Most lines of one request; the body's size is limited besides. */
const LINES_MAX = 10_000;

const project = z.string().exactOptional();
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const lines = z.array(z.string().min(1)).min(1).max(LINES_MAX);
const importBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rows'), project, table: z.enum(PORTABLE_TABLES), lines }),
  z.strictObject({ kind: z.literal('otlp'), project, lines }),
]);
const exportQuery = z.strictObject({
  table: z.enum(PORTABLE_TABLES),
  format: z.enum(EXPORT_FORMATS).default('jsonl'),
  from: time.optional(),
  to: time.optional(),
});
const CONTENT_TYPES = { jsonl: 'application/x-ndjson', parquet: 'application/vnd.apache.parquet' } as const;

/** The store itself: for its operator. What is about the data of one project goes by that project alone. */
export function storeEndpoints({ store, maintenance, importer, settle }: StoreServices): Endpoint[] {
  const begin = (kind: 'backup' | 'optimize', name?: string): Response => {
    const work = maintenance.start(kind, name);
    if (work !== undefined) return json(work, 202);
    const detail = `Other work on the store is under way (GET /v1/store/work): wait for its end.`;
    return problem({ status: 409, code: 'store_busy', detail });
  };
  return [
    endpoint({
      method: 'GET',
      path: '/v1/store',
      summary: 'How the store lies on its disk: rows, bytes, parts and days per table, free space, schema.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: async () => json(await readStoreStatus(store)),
    }),
    endpoint({
      method: 'GET',
      path: '/v1/store/work',
      summary: 'The newest backup or merge, running or not.',
      body: NO_BODY,
      query: NO_QUERY,
      answer: () => json({ work: maintenance.current ?? null }),
    }),
    endpoint({
      method: 'POST',
      path: '/v1/store/backups',
      summary:
        'Begins a backup of the whole store, into a folder or disk of the server under the given name.',
      status: 202,
      body: z.strictObject({ project, name: z.string().optional() }),
      query: NO_QUERY,
      answer: async ({ body, about }) => {
        about({ project: '*', object: body.name ?? '' });
        await settle();
        return begin('backup', body.name);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/v1/store/optimize',
      summary: 'Begins to merge every partition into one part.',
      status: 202,
      body: z.strictObject({ project }),
      query: NO_QUERY,
      answer: ({ about }) => {
        about({ project: '*' });
        return begin('optimize');
      },
    }),
    endpoint({
      method: 'GET',
      path: '/v1/store/export',
      summary: 'Rows of one table of the project, as JSON lines or one Parquet file.',
      body: NO_BODY,
      query: exportQuery,
      answer: async ({ project: owner, query, about, signal }) => {
        const { table, format, from, to } = query;
        about({
          object: table,
          detail: `${format}${from === undefined ? '' : ` from ${from}`}${to === undefined ? '' : ` to ${to}`}`,
        });
        await settle();
        const rows = exportRows(store, { project: owner, table, format, fromMs: from, toMs: to, signal });
        return new Response(await begun(rows), { headers: { 'content-type': CONTENT_TYPES[format] } });
      },
    }),
    ...(importer === undefined ? [] : [importEndpoint(importer)]),
  ];
}

function importEndpoint(importer: ImportPort): Endpoint {
  return endpoint({
    method: 'POST',
    path: '/v1/store/import',
    summary:
      'Stores lines of an export, or OTLP requests in JSON; redacted, into this project. The same lines again add nothing.',
    body: importBody,
    query: NO_QUERY,
    answer: async ({ project: owner, body, about }) => {
      about({ object: body.kind === 'rows' ? body.table : 'otlp', detail: `${body.lines.length} lines` });
      try {
        return json(
          body.kind === 'rows'
            ? await importer.rows(owner, body.table, body.lines)
            : await importer.otlp(owner, body.lines),
        );
      } catch (error) {
        if (isAboutLines(error))
          return problem({ status: 400, code: 'invalid_lines', detail: `${error.message}.` });
        throw error;
      }
    },
  });
}

/** What the sender can cure. The refusal of another installed copy is known by its name. */
function isAboutLines(error: unknown): error is Error {
  if (StoreError.isInstance(error)) return error.code === 'invalid_row';
  return error instanceof Error && error.name === 'Refusal';
}

/** The answer from its first bytes on: what fails before them is still an error with a status. */
async function begun(chunks: AsyncIterable<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  const iterator = chunks[Symbol.asyncIterator]();
  let next = await iterator.next();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next.done === true) return controller.close();
      controller.enqueue(next.value);
      next = await iterator.next();
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
