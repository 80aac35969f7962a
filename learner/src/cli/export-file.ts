import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import {
  EXPORT_FORMATS,
  isPortableTable,
  PORTABLE_TABLES,
  type ExportFormat,
} from '@tracelore/collector/store';
import { CliError } from './cli-error.ts';
import type { StoreTarget } from './store-target.ts';

export interface ExportSettings {
  /** `undefined` = standard output. */
  readonly out?: string;
  readonly format?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
}

/** Writes one table; resolves with the bytes written. A file has its name only when it is whole. */
export async function exportTo(
  target: StoreTarget,
  table: string,
  { out, format, from, to }: ExportSettings,
): Promise<number> {
  if (!isPortableTable(table))
    throw new CliError(
      `There is no table "${table}" to export: expected one of ${PORTABLE_TABLES.join(', ')}.`,
    );
  const rows = target.exportRows({ table, format: formatOf(format, out), fromMs: from, toMs: to });
  if (out === undefined) return await write(rows, process.stdout);
  const unfinished = `${out}.unfinished`;
  const file = createWriteStream(unfinished);
  try {
    // A folder that is not there, or not ours, is told before the first byte.
    await once(file, 'open').catch((error: unknown) => {
      throw new CliError(
        `${out} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      );
    });
    const bytes = await write(rows, file);
    file.end();
    await finished(file);
    await rename(unfinished, out);
    return bytes;
  } catch (error) {
    file.destroy();
    await rm(unfinished, { force: true });
    throw error;
  }
}

function formatOf(said: string | undefined, out: string | undefined): ExportFormat {
  const wanted = said ?? (out?.endsWith('.parquet') === true ? 'parquet' : 'jsonl');
  const format = EXPORT_FORMATS.find((known) => known === wanted);
  if (format !== undefined) return format;
  throw new CliError(`--format: expected ${EXPORT_FORMATS.join(' or ')}, got "${wanted}".`);
}

async function write(chunks: AsyncIterable<Uint8Array>, stream: NodeJS.WritableStream): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  return bytes;
}
