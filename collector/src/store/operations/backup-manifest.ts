import { readFileSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../store-error.ts';

/** One table of a backup: the hash over all files of each of its parts, by which a restore is checked. */
export interface TableManifest {
  readonly rows: number;
  readonly parts: readonly string[];
}

/** What stands in a finished backup beside the engine's files. */
export interface BackupManifest {
  readonly format: 1;
  readonly database: string;
  readonly engineVersion: string;
  /** ISO times. What was stored before the first is in the backup, what was stored after the second is not. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly bytes: number;
  readonly tables: Readonly<Record<string, TableManifest>>;
}

/** Files of a backup: what the engine wrote, and our list of what must be in it. */
export const TABLES_FOLDER = 'tables';
export const MANIFEST_FILE = 'manifest.json';

/**
 * The manifest of a backup.
 * @throws StoreError `unsupported` when the folder holds no finished backup.
 */
export function readManifest(folder: string): BackupManifest {
  const file = path.join(folder, MANIFEST_FILE);
  let manifest: unknown;
  try {
    manifest = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError('unsupported', `${folder} holds no finished backup: ${why}`, { cause: error });
  }
  if (isManifest(manifest)) return manifest;
  throw new StoreError('unsupported', `${file}: expected the manifest of a backup in format 1`);
}

function isManifest(value: unknown): value is BackupManifest {
  return (
    isObject(value) &&
    value['format'] === 1 &&
    ['database', 'engineVersion', 'startedAt', 'finishedAt'].every(
      (name) => typeof value[name] === 'string',
    ) &&
    typeof value['bytes'] === 'number' &&
    isObject(value['tables']) &&
    Object.values(value['tables']).every(
      (table) => isObject(table) && typeof table['rows'] === 'number' && Array.isArray(table['parts']),
    )
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
