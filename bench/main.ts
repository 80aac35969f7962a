import { parseArgs } from 'node:util';
import { runIngest } from './ingest/ingest.ts';
import { runPaths } from './ingest/paths.ts';
import { runSchema } from './ingest/run-schema.ts';
import { runStages } from './ingest/run-stages.ts';
import { runOverhead } from './overhead/overhead.ts';

/**
 * `npm run bench [-- --rounds 3]`: overhead per traced call against plain OpenTelemetry, and ingest rate against the stock client.
 * `-- --paths [--rounds 2]`: ingest by every way in instead. `-- --stages [--rounds 2]`: what each stage of it costs.
 * `-- --schema [--rounds 2]`: what each choice in the schema of spans costs.
 * Figures of one run are comparable with each other, not with those of another machine or hour.
 */
const { values } = parseArgs({
  options: {
    paths: { type: 'boolean', default: false },
    stages: { type: 'boolean', default: false },
    schema: { type: 'boolean', default: false },
    rounds: { type: 'string' },
  },
});
const rounds = Number(values.rounds ?? (values.paths || values.stages || values.schema ? 2 : 3));
console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
if (values.schema) await runSchema(rounds);
else if (values.stages) await runStages(rounds);
else if (values.paths) await runPaths(rounds);
else {
  await runOverhead();
  console.log();
  await runIngest(rounds);
}
