import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);
const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

function demo(...args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['--conditions=@tracelore/source', MAIN, ...args], {
    maxBuffer: OUTPUT_BYTES_MAX,
    // What is set for a service of the user's own must not reach into the demo.
    env: {
      ...process.env,
      OPENAI_API_KEY: '',
      OPENAI_BASE_URL: '',
      TRACELORE_PROJECT: 'mine',
      OTEL_SDK_DISABLED: 'true',
    },
  });
}

describe('the demo', () => {
  test('learns rules that lift the accuracy on tasks the learner never saw, with evidence', async () => {
    const { stdout, stderr } = await demo('--seed', '1', '--rounds', '2', '--budget', '900', '--json');
    const report: unknown = JSON.parse(stdout);
    const accuracy = {
      accuracy: expect.any(Number),
      interval: [expect.any(Number), expect.any(Number)],
      n: 300,
    };
    const rule = {
      id: expect.any(String),
      content: expect.any(String),
      evidence: expect.arrayContaining([
        { quote: expect.any(String), span: expect.stringMatching(/^[0-9a-f]{16}$/) },
      ]),
    };
    expect(report).toMatchObject({
      seed: 1,
      model: { simulated: true },
      before: accuracy,
      after: accuracy,
      promoted: expect.arrayContaining([expect.objectContaining(rule)]),
      rejected: expect.arrayContaining([
        expect.objectContaining({ ...rule, reason: expect.stringMatching(/./) }),
      ]),
      runs: expect.any(Number),
      runsBy: { training: 160, trials: expect.any(Number), measuring: 600 },
    });
    expect(report).toHaveProperty(
      'lift.points',
      expect.toSatisfy((points: number) => points > 0.15),
    );
    expect(report).toHaveProperty(
      'lift.interval.0',
      expect.toSatisfy((low: number) => low > 0),
    );
    expect(stderr).toMatch(/round 1 of 2/);
  });

  test('ends when it is told to, and leaves nothing behind', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'tracelore-demo-test-'));
    const child = spawn(process.execPath, ['--conditions=@tracelore/source', MAIN], {
      env: { ...process.env, OPENAI_API_KEY: '', OPENAI_BASE_URL: '', TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    let messages = '';
    for await (const line of createInterface({ input: child.stderr })) {
      messages += `${line}\n`;
      if (line.includes('round 1 of 3')) child.kill('SIGTERM');
    }
    expect(await ended).toEqual([1, null]);
    expect(messages).toMatch(/The demo failed: it was interrupted/);
    expect(await readdir(temporary)).toEqual([]);
    await rm(temporary, { recursive: true });
  });

  test('refuses options it does not know', async () => {
    await expect(demo('--sede', '1')).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^The demo failed: .*--sede/),
    });
  });
});
