import { SERVICE_SUBJECT, type AuditEntry, type Tenancy } from '@tracelore/collector/store';
import type { StoreTarget } from './store-target.ts';

/**
 * What is done on the store without the service stands in its audit log like what is done through it. Closing closes the log
 * and then the store.
 */
export function auditedStore(
  target: StoreTarget,
  { audit, close }: Pick<Tenancy, 'audit' | 'close'>,
  by: { readonly project: string; readonly actor: string },
): StoreTarget {
  const entry = (action: string, object: string, detail = ''): Omit<AuditEntry, 'result'> => ({
    ...SERVICE_SUBJECT,
    actor: `${by.actor} (offline)`,
    project: action === 'store.export' || action === 'store.import' ? by.project : '*',
    action,
    object,
    detail,
  });
  return {
    ...target,
    optimize: (tell) => audit.around(entry('store.optimize', ''), () => target.optimize(tell)),
    backUp: (name, tell) => audit.around(entry('store.backup', name ?? ''), () => target.backUp(name, tell)),
    exportRows: async function* (range) {
      const begun = entry('store.export', range.table, range.format);
      try {
        yield* target.exportRows(range);
        await audit.record({ ...begun, result: 'done' });
      } catch (error) {
        await audit.record({ ...begun, result: 'failed' });
        throw error;
      }
    },
    importLines: (kind, lines) =>
      audit.around(entry('store.import', kind, `${lines.length} lines`), () =>
        target.importLines(kind, lines),
      ),
    close: async () => {
      await close();
      await target.close();
    },
  };
}
