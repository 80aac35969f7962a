import { createCollector } from '../collector.ts';
import { openStore } from '../store/open-store.ts';

/** A collector in a process of its own, for tests that kill it: `node collector-process.ts <directory>`. Prints its URL. */
const [, , directory = ''] = process.argv;
const store = await openStore({ location: { kind: 'embedded', directory } });
const collector = createCollector({ store, port: 0, commitIntervalMs: 20 });
await collector.start();
process.stdout.write(`${collector.address.url}\n`);
process.once('SIGTERM', () => {
  void collector
    .shutdown()
    .then(() => store.close())
    .then(() => process.exit(0));
});
