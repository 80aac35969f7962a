import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryStore } from '../testing/memory-store.ts';
import { sampleBatch } from '../testing/sample-batch.ts';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import type { SpoolRecord } from './record.ts';
import { Spool, type SpoolOptions } from './spool.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let store: MemoryStore;
let opened: Spool[];

beforeEach(async () => {
  directory = await temporaryDirectory('spool');
  store = new MemoryStore();
  opened = [];
});
afterEach(async () => {
  for (const spool of opened) await spool.close();
  await directory.remove();
});

async function openSpool(options: Partial<SpoolOptions> = {}): Promise<{ spool: Spool; damage: string[] }> {
  const all = { directory: directory.path, bytesMax: 1_000_000, ...options };
  const spool = new Spool(
    all,
    (batches) => store.pack(batches),
    () => 5_000,
  );
  const damage = await spool.open();
  opened.push(spool);
  return { spool, damage };
}

function append(spool: Spool, key: string): Promise<void> {
  const run = { project: 'default', runId: `run of ${key}` };
  return spool.append({ requests: [{ key, batches: [store.prepare([sampleBatch()])] }], runs: [run] });
}

async function waiting(spool: Spool): Promise<SpoolRecord | undefined> {
  const record = await spool.first();
  if (record === 'damaged') throw new Error('the first record is damaged');
  return record;
}

/** Keys of everything that waits, taken out. */
async function takeAll(spool: Spool): Promise<string[]> {
  const keys: string[] = [];
  for (let record = await waiting(spool); record !== undefined; record = await waiting(spool)) {
    keys.push(...record.requests.map(({ key }) => key));
    await spool.removeFirst();
  }
  return keys;
}

/** As after a crash: the process is gone, the files are as they are. */
async function reopened(spool: Spool): Promise<{ spool: Spool; damage: string[] }> {
  await spool.close();
  return await openSpool();
}

test('what was appended comes back in order, also in the next process, and is gone when it is stored', async () => {
  const { spool } = await openSpool();
  for (const key of ['a', 'b']) await append(spool, key);
  const next = await reopened(spool);
  expect(next.damage).toEqual([]);
  await append(next.spool, 'c');
  expect(next.spool.stats).toMatchObject({ records: 3, rows: 3, rowsSpooled: 1, rowsReplayed: 0 });
  expect((await waiting(next.spool))?.runs).toEqual([{ project: 'default', runId: 'run of a' }]);
  expect(await takeAll(next.spool)).toEqual(['a', 'b', 'c']);
  expect(next.spool.stats).toMatchObject({ records: 0, rows: 0, bytes: 0, oldestMs: 0, rowsReplayed: 3 });
  expect(await readdir(directory.path)).toEqual([]);
});

test('a tail that was not written whole is cut and told of; the records before it are kept', async () => {
  const { spool } = await openSpool();
  await append(spool, 'a');
  const [name = ''] = await readdir(directory.path);
  const file = join(directory.path, name);
  const whole = await readFile(file);
  await spool.close();
  for (const torn of [
    whole.subarray(0, 7),
    whole.subarray(0, whole.length - 1),
    Buffer.from('garbage of some length'),
  ]) {
    await appendFile(file, torn);
    const { spool: next, damage } = await openSpool();
    expect(damage).toEqual([expect.stringContaining(`${torn.length} bytes after byte ${whole.length}`)]);
    expect(next.stats.records).toBe(1);
    expect((await stat(file)).size).toBe(whole.length);
    await next.close();
  }
  expect(await takeAll((await openSpool()).spool)).toEqual(['a']);
});

test('a damaged record is passed over and told of; those behind it are kept', async () => {
  const { spool } = await openSpool();
  for (const key of ['a', 'b', 'c']) await append(spool, key);
  const [name = ''] = await readdir(directory.path);
  const file = join(directory.path, name);
  await spool.close();
  const bytes = await readFile(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(file, bytes);
  const next = await openSpool();
  expect(next.damage).toEqual([expect.stringContaining('is damaged and was passed over')]);
  expect(await takeAll(next.spool)).toEqual(['a', 'c']);
});

test('beyond its size it takes no more, and takes more when there is room again', async () => {
  const { spool } = await openSpool({ bytesMax: 300 });
  await append(spool, 'a');
  await append(spool, 'b');
  await expect(append(spool, 'c')).rejects.toThrow('no room');
  await spool.removeFirst();
  await spool.removeFirst();
  await append(spool, 'd');
  expect(await takeAll(spool)).toEqual(['d']);
});

test('what cannot be stored is kept for the next start; the others go on', async () => {
  const { spool } = await openSpool();
  for (const key of ['bad', 'good']) await append(spool, key);
  const bad = await waiting(spool);
  if (bad === undefined) throw new Error('nothing waits');
  const file = await spool.setFirstAside(bad);
  expect(await takeAll(spool)).toEqual(['good']);
  expect(spool.stats).toMatchObject({ rowsRefused: 1, rowsReplayed: 1 });
  expect(await readdir(directory.path)).toEqual([file.slice(directory.path.length + 1)]);
  expect(await takeAll((await reopened(spool)).spool)).toEqual(['bad']);
});

test.runIf(['linux', 'win32'].includes(process.platform))(
  'two processes cannot share a directory',
  async () => {
    const { spool } = await openSpool();
    await expect(openSpool()).rejects.toThrow(/in use by another process/);
    await spool.close();
    await openSpool();
  },
);

test('a directory that cannot be used is named', async () => {
  await writeFile(join(directory.path, 'file'), '');
  await expect(openSpool({ directory: join(directory.path, 'file') })).rejects.toMatchObject({
    code: 'spool_unusable',
    message: expect.stringContaining(join(directory.path, 'file')),
  });
});
