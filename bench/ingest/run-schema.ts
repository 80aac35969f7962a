import { loadavg } from 'node:os';
import { inDirectory } from '../child-process.ts';
import { printTable } from '../sample.ts';
import { compareSchemas } from './schema.ts';
import { VARIANTS } from './schema-variants.ts';

/** What each choice in the schema of spans costs, beside the shipped one. */
export async function runSchema(rounds: number): Promise<void> {
  for (const shape of ['genai', 'prose', 'small'] as const) {
    const costs = await inDirectory(
      async (directory) => await compareSchemas(directory, shape, VARIANTS, rounds),
    );
    console.log(`\n${shape}: µs of CPU per span, inserts of 10,240 rows, then one complete merge.`);
    printTable(
      ['schema', 'insert', 'merge', 'B/span on disk'],
      [...costs].map(([name, { insertUs, mergeUs, bytes }]) => [
        name,
        insertUs.toFixed(1),
        mergeUs.toFixed(1),
        Math.round(bytes),
      ]),
    );
  }
  console.log(`\nLoad ${loadavg()[0]?.toFixed(1)}.`);
}
