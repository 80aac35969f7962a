import { execFile } from 'node:child_process';
import { mkdir, open, statfs } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const MIB = 1_048_576;

/** Why there can be no small disk here; undefined when there can. */
export function noSmallDisk(): string | undefined {
  return process.platform !== 'linux' || process.getuid?.() !== 0
    ? 'mounting a small disk needs root on Linux'
    : undefined;
}

/** Runs the work with a disk of this size, mounted in the directory. */
export async function onSmallDisk<T>(
  directory: string,
  bytes: number,
  work: (disk: string) => Promise<T>,
): Promise<T> {
  const disk = path.join(directory, 'disk');
  await mkdir(disk);
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', disk]);
  try {
    return await work(disk);
  } finally {
    await run('umount', ['-l', disk]);
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

/** Takes space until only about this much is left; resolves with the file that takes it. */
export async function fill(directory: string, leave: number): Promise<string> {
  const file = path.join(directory, 'filler');
  const handle = await open(file, 'a');
  const chunk = Buffer.alloc(65_536);
  try {
    while ((await freeBytes(directory)) > leave + chunk.length) await handle.write(chunk);
  } finally {
    await handle.close();
  }
  return file;
}
