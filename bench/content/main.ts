import { once } from 'node:events';
import { startProgram } from '../child-process.ts';

/** The engine wants its threads set before Node starts: the comparison is a process of its own. */
const [code]: unknown[] = await once(
  startProgram(new URL('./compare.ts', import.meta.url), process.argv.slice(2)),
  'exit',
);
process.exitCode = code === 0 ? 0 : 1;
