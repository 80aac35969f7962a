import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('a world whose learner is another process, behind HTTP', async () => {
  const child = fileURLToPath(new URL('child.ts', import.meta.url));
  const size = ['--runs', '400', '--training', '60', '--sealed', '10'];
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@tracelore/source', child, '--domain', 'dialogue', '--seed', 'tune/0'].concat(size),
  );
  const result: unknown = JSON.parse(stdout);
  // Which rules pass is for the gate and chance, and for `npm run bench:worlds`; that they were tested and asked for is not.
  expect(result).toMatchObject({
    domain: 'dialogue',
    promoted: {
      right: expect.any(Number),
      false: expect.any(Number),
      vague: expect.any(Number),
      poison: expect.any(Number),
    },
    after: expect.any(Number),
  });
  expect(result).toHaveProperty(
    'trials',
    expect.toSatisfy((trials: number) => trials >= 300),
  );
});
