import { createCollector, type Collector } from '../collector.ts';
import type { CollectorConfig } from '../config.ts';
import { MemoryStore } from './memory-store.ts';

export interface RunningCollector {
  readonly url: string;
  readonly store: MemoryStore;
  readonly collector: Collector;
}

/** Collectors of one test file, on free ports, with stores in memory. */
export class RunningCollectors {
  readonly #running: Collector[] = [];

  async start(options: Omit<CollectorConfig, 'store'> = {}): Promise<RunningCollector> {
    const store = new MemoryStore();
    const collector = createCollector({
      store,
      port: 0,
      commitIntervalMs: 0,
      onError: () => undefined,
      ...options,
    });
    this.#running.push(collector);
    await collector.start();
    return { url: collector.address.url, store, collector };
  }

  /** For `afterEach`. */
  async stop(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((collector) => collector.shutdown(0)));
  }
}
