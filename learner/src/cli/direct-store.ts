import { createImporter } from '@tracelore/collector';
import {
  backUp,
  backupNameAt,
  exportRows,
  optimizeStore,
  readStoreStatus,
  type Store,
} from '@tracelore/collector/store';
import type { Config } from '../config.ts';
import type { StoreTarget } from './store-target.ts';

/** Works on the opened store itself. Closing closes it. */
export function directStore(store: Store, config: Config): StoreTarget {
  const importer = createImporter({ store, redaction: config.redaction, now: Date.now });
  const { location } = store;
  return {
    place: location.kind === 'embedded' ? location.directory : new URL(location.url).host,
    driver: store.driver,
    isEmbedded: location.kind === 'embedded',
    status: () => readStoreStatus(store),
    optimize: async (tell) => {
      let merged = 0;
      for await (const { table, partition, parts, step, steps } of optimizeStore(store)) {
        tell(`${step} of ${steps}: ${table} ${partition}, ${parts} parts`);
        merged = step;
      }
      return `${merged} partitions merged`;
    },
    backUp: async (name, tell) => {
      const { place, bytes, tables } = await backUp(store, {
        name: name ?? backupNameAt(new Date()),
        onProgress: (copied) => tell(`${copied} bytes copied`),
      });
      const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
      return `${place}: ${rows} rows, ${bytes} bytes`;
    },
    exportRows: (range) => exportRows(store, { project: config.project, ...range }),
    importLines: (kind, lines) =>
      kind === 'otlp' ? importer.otlp(config.project, lines) : importer.rows(config.project, kind, lines),
    close: () => store.close(),
  };
}
