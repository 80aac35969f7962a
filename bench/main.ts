import { parseArgs } from 'node:util';
import { runIngest } from './ingest/ingest.ts';
import { runPaths } from './ingest/paths.ts';
import { runOverhead } from './overhead/overhead.ts';

/**
 * `npm run bench`: overhead per traced call against plain OpenTelemetry, and ingest rate against the stock client.
 * `-- --paths [--rounds 2]`: ingest by every way in instead.
 * Figures of one run are comparable with each other, not with those of another machine or hour.
 */
const { values } = parseArgs({
  options: {
    paths: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '2' },
  },
});
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
if (values.paths) await runPaths(Number(values.rounds));
else {
  await runOverhead();
  console.log();
  await runIngest();
}
