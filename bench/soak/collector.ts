import { setTimeout as delay } from 'node:timers/promises';
import { createCollector } from '@tracelore/collector';
import { openStore } from '@tracelore/collector/store';

const MERGE_ROUND_MS = 100;
const MERGE_ROUNDS_MAX = 600;
const SHUTDOWN_DEADLINE_MS = 120_000;

/** The collector with the product's own settings, in a process of its own. It answers `sample` and `end`. */
const [directory = ''] = process.argv.slice(2);
const store = await openStore({ location: { kind: 'embedded', directory } });
const collector = createCollector({ store, port: 0 });
await collector.start();
// Whoever started it is gone: nobody would end it.
process.once('disconnect', () => process.exit());
process.on('message', (message) => {
  const work = message === 'sample' ? sample() : end();
  work.catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.send?.({ url: collector.address.url });

async function sample(): Promise<void> {
  const { user, system } = process.cpuUsage();
  const { spansStored, commits, runsRefreshed, runsWaiting } = collector.stats();
  const [parts] = await store.driver.query<{ count: string }>(
    'SELECT count() AS count FROM system.parts WHERE database = {database: String} AND active',
    { parameters: { database: store.database } },
  );
  process.send?.({
    cpuMs: (user + system) / 1_000,
    rssBytes: process.memoryUsage.rss(),
    heapBytes: process.memoryUsage().heapUsed,
    spansStored,
    commits,
    runsRefreshed,
    runsWaiting,
    parts: Number(parts?.count),
  });
}

/** Everything is computed and merged before the rows are counted. */
async function end(): Promise<void> {
  await collector.shutdown(SHUTDOWN_DEADLINE_MS);
  for (let round = 0; round < MERGE_ROUNDS_MAX; round += 1) {
    const [merges] = await store.driver.query<{ running: string }>(
      'SELECT count() AS running FROM system.merges',
    );
    if (Number(merges?.running) === 0) break;
    await delay(MERGE_ROUND_MS);
  }
  const [rows] = await store.driver.query<{ spans: string; runs: string; bytes: string }>(
    `SELECT (SELECT count() FROM ${store.database}.spans) AS spans,
            (SELECT count() FROM ${store.database}.runs FINAL) AS runs,
            (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {database: String} AND active) AS bytes`,
    { parameters: { database: store.database }, timeoutMs: 120_000 },
  );
  process.send?.({ spans: Number(rows?.spans), runs: Number(rows?.runs), bytesOnDisk: Number(rows?.bytes) });
  await store.close();
  process.disconnect();
}
