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
  expect(result).toMatchObject({ domain: 'dialogue', promoted: { false: 0, vague: 0, poison: 0 } });
  expect(result).toHaveProperty(
    'trials',
    expect.toSatisfy((trials: number) => trials >= 300),
  );
  expect(result).toHaveProperty(
    'promoted.right',
    expect.toSatisfy((right: number) => right >= 1),
  );
});
