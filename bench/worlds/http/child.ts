import { parseArgs } from 'node:util';
import { forgetOwnSettings } from '../../../examples/sql-agent/experiment/own-settings.ts';
import { PLAIN } from '../arena/scenario.ts';
import { DOMAINS } from '../domains/all.ts';
import { runWorldOverHttp } from './run-world.ts';

/** One world over HTTP in a process of its own; prints one JSON object. */
const { values } = parseArgs({
  options: {
    domain: { type: 'string', default: '' },
    seed: { type: 'string', default: '' },
    runs: { type: 'string', default: '' },
    training: { type: 'string', default: '' },
    sealed: { type: 'string', default: '' },
  },
});
const domain = DOMAINS.find(({ name }) => name === values.domain);
if (domain === undefined)
  throw new Error(
    `--domain: expected one of ${DOMAINS.map(({ name }) => name).join(', ')}, got "${values.domain}"`,
  );
forgetOwnSettings(process.env);
const result = await runWorldOverHttp(
  { domain, seed: values.seed },
  {
    scenario: PLAIN,
    runsBudget: Number(values.runs),
    trainingTasks: Number(values.training),
    sealedTasks: Number(values.sealed),
    say: (text) => process.stderr.write(`${text}\n`),
  },
);
process.stdout.write(`${JSON.stringify(result)}\n`);
