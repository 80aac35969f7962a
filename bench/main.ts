import { runIngest } from './ingest/ingest.ts';
import { runOverhead } from './overhead/overhead.ts';

/**
 * `npm run bench`: overhead per traced call against plain OpenTelemetry, and ingest rate against the stock client.
 * Figures of one run are comparable with each other, not with those of another machine or hour.
 */
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
await runOverhead();
console.log();
await runIngest();
