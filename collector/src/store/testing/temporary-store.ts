import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';

/** An embedded store in a folder of its own; `remove` closes it and deletes the folder. */
export interface TemporaryStore {
  readonly store: Store;
  readonly directory: string;
  remove(): Promise<void>;
}

export async function openTemporaryStore(): Promise<TemporaryStore> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-store-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  return {
    store,
    directory,
    remove: async () => {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
