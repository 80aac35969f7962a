import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCollector } from '../../collector.ts';
import { openStore } from '../../store/open-store.ts';

/** How often the loop is looked at, ms. */
const LOOK_MS = 5;

/** A collector on a store of its own, in a process of its own: tells how long its longest step was since it was last asked. */
async function serve(): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'large-bodies-'));
  const store = await openStore({ location: { kind: 'embedded', directory } });
  const collector = createCollector({ store, port: 0, answerWithinMs: 60_000 });
  await collector.start();
  // Processor time of this thread between two looks: others on the machine do not count, what runs on other threads neither.
  let before = process.threadCpuUsage();
  let longestMs = 0;
  setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1_000);
  }, LOOK_MS);
  process.on('message', (message) => {
    if (message === 'end') {
      void (async (): Promise<void> => {
        await collector.shutdown();
        await store.close();
        rmSync(directory, { recursive: true });
        process.exit(0);
      })();
      return;
    }
    const rssBytes = process.memoryUsage.rss();
    const { user, system } = process.cpuUsage();
    process.send?.({ longestMs, rssBytes, cpuMs: (user + system) / 1_000 });
    longestMs = 0;
  });
  process.send?.({ url: collector.address.url });
}

await serve();
