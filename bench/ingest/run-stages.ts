import { loadavg } from 'node:os';
import { inDirectory, nextNumbers, withProgram } from '../child-process.ts';
import { minimum, printTable } from '../sample.ts';
import { STAGES, type Stage } from './stage-names.ts';

const SHAPES = ['genai', 'prose', 'small'] as const;

/** What each stage of ingest costs, the least of some rounds in processes of their own. */
export async function runStages(rounds: number): Promise<void> {
  const results = new Map(SHAPES.map((shape) => [shape, [] as Record<Stage, number>[]]));
  for (let round = 0; round < rounds; round += 1)
    for (const [shape, of] of results)
      of.push(
        await inDirectory(
          async (directory) =>
            await withProgram(
              new URL('./stages.ts', import.meta.url),
              [directory, shape],
              async (child) => await nextNumbers(child, STAGES),
            ),
        ),
      );
  console.log(
    `µs of CPU per span and stage, the least of ${rounds} rounds, in traces of 8 spans. receive: HTTP, hashing, answers; inflate: when gzip is sent;\n` +
      'insert: 5,120 rows at a time, with what the views write; merge: every row once; runs: the row of each run made once, from\n' +
      'memory, in batches of 500; readBack: the same from the store, afterwards.',
  );
  const least = (of: readonly Record<Stage, number>[], stage: Stage): number =>
    minimum(of.map((stages) => stages[stage]));
  printTable(
    ['span', ...STAGES, 'sum'],
    [...results].map(([shape, of]) => {
      const sum = STAGES.filter((stage) => stage !== 'inflate' && stage !== 'readBack').reduce(
        (all, stage) => all + least(of, stage),
        0,
      );
      return [shape, ...STAGES.map((stage) => least(of, stage).toFixed(1)), sum.toFixed(1)];
    }),
  );
  console.log(`Load ${loadavg()[0]?.toFixed(1)}.`);
}
