import { openStore, type QueryRead, type Store } from '@tracelore/collector/store';
import { median } from '../sample.ts';
import { peakMemory, resetPeakMemory } from './peak-memory.ts';

/** What one kind of question cost over its repeats. */
export interface Cost {
  readonly title: string;
  /** ms that it may take at 10 M spans, when one is set. */
  readonly targetMs: number | undefined;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Median CPU time of the whole process: says more than the clock on a busy machine. */
  readonly cpuMs: number;
  /** Of the dearest repeat. */
  readonly rowsRead: number;
  readonly bytesRead: number;
  readonly peakBytes: number;
  /** Rows of the last answer. */
  readonly results: number;
}

/** A question; repeat `index` asks with other values than the one before, so that no cache answers. Resolves with its rows. */
export interface Question {
  readonly title: string;
  readonly targetMs?: number;
  /** What the question names, found out before the clock runs. */
  readonly about?: (store: Store, index: number) => Promise<string>;
  readonly ask: (store: Store, index: number, about: string) => Promise<number>;
}

/** The store under test, and what its queries read. */
export interface MeasuredStore {
  readonly store: Store;
  measure(question: Question, repeats: number): Promise<Cost>;
}

export async function openMeasuredStore(directory: string): Promise<MeasuredStore> {
  let reads: QueryRead[] = [];
  const store = await openStore({
    location: { kind: 'embedded', directory },
    onRead: (read) => reads.push(read),
  });
  return {
    store,
    async measure({ title, targetMs, about, ask }, repeats) {
      const ms: number[] = [];
      const cpuMs: number[] = [];
      let [rowsRead, bytesRead, results] = [0, 0, 0];
      resetPeakMemory();
      for (let index = 0; index < repeats; index += 1) {
        const named = (await about?.(store, index)) ?? '';
        reads = [];
        const begin = performance.now();
        const cpu = process.cpuUsage();
        results = await ask(store, index, named);
        ms.push(performance.now() - begin);
        const { user, system } = process.cpuUsage(cpu);
        cpuMs.push((user + system) / 1_000);
        rowsRead = Math.max(rowsRead, sum(reads.map(({ rows }) => rows)));
        bytesRead = Math.max(bytesRead, sum(reads.map(({ bytes }) => bytes)));
      }
      ms.sort((a, b) => a - b);
      return {
        title,
        targetMs,
        p50Ms: quantile(ms, 0.5),
        p99Ms: quantile(ms, 0.99),
        cpuMs: median(cpuMs),
        rowsRead,
        bytesRead,
        peakBytes: peakMemory(),
        results,
      };
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
