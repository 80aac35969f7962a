import { parseArgs } from 'node:util';
import { VOCABULARY } from '../language/recognisers.ts';
import { drawConventions } from '../world/conventions.ts';
import { createRandom } from '../world/random.ts';
import { startModelServer } from './server.ts';

/** The simulated model of one world as a program: `node … model/main.ts --seed 1 --port 8080`. */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, port: { type: 'string', default: '8080' } },
});
const seed = Number(values.seed);
const truth = drawConventions(createRandom('conventions', seed));
const server = await startModelServer({ seed, truth, vocabulary: VOCABULARY }, Number(values.port));
process.stdout.write(`simulated model of world ${seed}: OPENAI_BASE_URL=${server.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close());
