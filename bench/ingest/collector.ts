import { createCollector } from '@tracelore/collector';
import { openStore } from '@tracelore/collector/store';

/** The collector under load, with the embedded engine, in a process of its own: its CPU time is the whole cost of ingest. */
const [directory = ''] = process.argv.slice(2);
const store = await openStore({ location: { kind: 'embedded', directory } });
const collector = createCollector({ store, port: 0, runQuietMs: 3_600_000 });
await collector.start();
let cpu = process.cpuUsage();
process.on('message', (message) => {
  if (message === 'begin') cpu = process.cpuUsage();
  if (message === 'end') report().catch(fail);
});
process.send?.({ url: collector.address.url });

async function report(): Promise<void> {
  await mergesSettled();
  const used = process.cpuUsage(cpu);
  const [counted] = await store.driver.query<{ spans: string; bytes: string }>(
    `SELECT (SELECT uniqExact(trace_id, span_id) FROM ${store.database}.spans) AS spans,
            (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {database:String} AND active) AS bytes`,
    { parameters: { database: store.database } },
  );
  process.send?.({
    cpuMs: (used.user + used.system) / 1_000,
    stored: Number(counted?.spans ?? 0),
    bytes: Number(counted?.bytes ?? 0),
    rssBytes: process.memoryUsage.rss(),
  });
  await collector.shutdown();
  await store.close();
  process.disconnect();
}

/** The merges that the inserts caused belong to their price. */
async function mergesSettled(): Promise<void> {
  for (let round = 0; round < 300; round += 1) {
    const [merges] = await store.driver.query<{ running: string }>(
      'SELECT count() AS running FROM system.merges',
    );
    if (Number(merges?.running ?? 0) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}
