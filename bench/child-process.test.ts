import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { nextMessage, nextNumbers, startProgram, withProgram } from './child-process.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'tracelore-programs-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function program(name: string, text: string): URL {
  const file = path.join(directory, `${name}.mjs`);
  writeFileSync(file, text);
  return pathToFileURL(file);
}

describe('a benchmark process', () => {
  it('is heard to its last message', async () => {
    const told = program('told', 'process.send({ spans: 3 }); process.disconnect();');
    expect(await withProgram(told, [], async (child) => await nextNumbers(child, ['spans']))).toEqual({
      spans: 3,
    });
  });

  it('that fails without a message is an error', async () => {
    const failing = program('failing', 'process.exit(1);');
    await expect(nextMessage(startProgram(failing, []), ['spans'])).rejects.toThrow(
      /ended before it told spans: .*failing\.mjs/,
    );
  });

  it('that had failed before it was asked is an error too', async () => {
    const child = startProgram(program('gone', 'process.exit(1);'), []);
    await once(child, 'exit');
    await expect(nextMessage(child, ['spans'])).rejects.toThrow('ended before it told spans');
  });

  it('is gone when the work with it has failed', async () => {
    const waiting = program('waiting', 'process.on("message", () => {}); process.send({ ready: true });');
    let pid = 0;
    const work = withProgram(waiting, [], async (child) => {
      await nextMessage(child, ['ready']);
      pid = child.pid ?? 0;
      throw new Error('the load failed');
    });
    await expect(work).rejects.toThrow('the load failed');
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
