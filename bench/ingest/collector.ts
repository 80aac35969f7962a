import { setTimeout as delay } from 'node:timers/promises';
import { createCollector } from '@tracelore/collector';
import { openStore } from '@tracelore/collector/store';

const MERGE_ROUND_MS = 100;
const MERGE_ROUNDS_MAX = 300;
/** Longer than any load: run rows are no part of what is measured here. */
const RUN_QUIET_MS = 3_600_000;
/** They are computed at the end, thousands of them. */
const SHUTDOWN_DEADLINE_MS = 120_000;

/** The collector under load, with the embedded engine, in a process of its own: its CPU time is the whole cost of ingest. */
const [directory = '', redaction] = process.argv.slice(2);
const store = await openStore({ location: { kind: 'embedded', directory } });
const collector = createCollector({
  store,
  port: 0,
  grpcPort: 0,
  runQuietMs: RUN_QUIET_MS,
  ...(redaction === '--no-redaction' ? { redaction: false } : {}),
});
await collector.start();
let cpu = process.cpuUsage();
// Whoever started it is gone: nobody would end it.
process.once('disconnect', () => process.exit());
process.on('message', (message) => {
  if (message === 'begin') cpu = process.cpuUsage();
  if (message === 'end') report().catch(fail);
});
process.send?.({ url: collector.address.url, grpc: collector.address.grpc?.url });

async function report(): Promise<void> {
  await mergesSettled();
  const used = process.cpuUsage(cpu);
  const [counted] = await store.driver.query<{ spans: string; logs: string; bytes: string }>(
    `SELECT (SELECT uniqExact(trace_id, span_id) FROM ${store.database}.spans) AS spans,
            (SELECT uniqExact(trace_id, span_id) FROM ${store.database}.logs) AS logs,
            (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = {database:String} AND active) AS bytes`,
    { parameters: { database: store.database } },
  );
  process.send?.({
    cpuMs: (used.user + used.system) / 1_000,
    stored: Number(counted?.spans) + Number(counted?.logs),
    bytesOnDisk: Number(counted?.bytes),
    rssBytes: process.resourceUsage().maxRSS * 1_024,
  });
  await collector.shutdown(SHUTDOWN_DEADLINE_MS);
  await store.close();
  process.disconnect();
}

/** The merges that the inserts caused belong to their price. */
async function mergesSettled(): Promise<void> {
  for (let round = 0; round < MERGE_ROUNDS_MAX; round += 1) {
    const [merges] = await store.driver.query<{ running: string }>(
      'SELECT count() AS running FROM system.merges',
    );
    if (Number(merges?.running ?? 0) === 0) return;
    await delay(MERGE_ROUND_MS);
  }
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}
