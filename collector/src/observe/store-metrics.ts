import type { Meter } from '@opentelemetry/api';
import type { Store } from '../store/store.ts';
import { readEngineLoad } from '../store/operations/engine-load.ts';

/** Registers what the engine carries. An engine that does not answer is missing among the metrics; the others stand. */
export function observeStore(meter: Meter, store: Pick<Store, 'driver' | 'database'>): void {
  const gauge = (name: string, description: string): ReturnType<Meter['createObservableGauge']> =>
    meter.createObservableGauge(`tracelore_store_${name}`, { description });
  const parts = gauge('parts', 'Active parts, by table.');
  const rows = gauge('rows', 'Rows, by table; copies that readers leave out among them.');
  const bytes = gauge('disk_bytes', 'Size on disk, by table.');
  const merges = gauge('merges', 'Merges that run now.');
  const memory = gauge('memory_bytes', 'Memory that the engine counts as its own.');
  const up = gauge('up', '1 when the engine answered, else 0.');
  meter.addBatchObservableCallback(
    async (result) => {
      const load = await readEngineLoad(store).catch(() => undefined);
      result.observe(up, load === undefined ? 0 : 1);
      if (load === undefined) return;
      for (const { table, ...values } of load.tables) {
        result.observe(parts, values.parts, { table });
        result.observe(rows, values.rows, { table });
        result.observe(bytes, values.bytesOnDisk, { table });
      }
      result.observe(merges, load.merges);
      result.observe(memory, load.memoryBytes);
    },
    [parts, rows, bytes, merges, memory, up],
  );
}
