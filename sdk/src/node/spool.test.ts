import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { type Config, resolveConfig, type TraceloreOptions } from '../config.ts';
import { Spool } from './spool.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tracelore-spool-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function configOf(options: TraceloreOptions = {}): Config {
  const resolved = resolveConfig({ spoolDirectory: directory, ...options }, {});
  if (!resolved.ok) throw new Error(resolved.problems.join());
  return resolved.value;
}

/** The one folder of the only destination. */
function folder(): string {
  return join(directory, readdirSync(directory)[0] ?? '');
}

it('gives requests back oldest first, each once, also to the next process', () => {
  const spool = new Spool(configOf());
  expect([spool.write('{"n":1}', 1), spool.write('{"n":2}', 2)]).toEqual([true, true]);
  const first = spool.take();
  expect(first).toMatchObject({ body: '{"n":1}', spans: 1 });
  expect(spool.take()).toMatchObject({ body: '{"n":2}', spans: 2 });
  expect(spool.take()).toBeUndefined();
  const other = new Spool(configOf());
  expect(other.take()).toBeUndefined();
  if (first !== undefined) spool.release(first);
  expect(other.take()).toMatchObject({ body: '{"n":1}' });
});

it('keeps the files of several spools of one process apart', () => {
  const spools = Array.from({ length: 20 }, () => new Spool(configOf()));
  expect(spools.every((spool, n) => spool.write(`{"n":${n}}`, 1))).toBe(true);
  expect(readdirSync(folder())).toHaveLength(20);
});

it('forgets a request when it is removed', () => {
  const spool = new Spool(configOf());
  spool.write('{}', 1);
  const request = spool.take();
  if (request !== undefined) spool.remove(request.path);
  expect(new Spool(configOf()).take()).toBeUndefined();
  expect(readdirSync(folder())).toEqual([]);
});

it('takes over the claims of dead processes, not those of living ones, and clears what they left half-written', () => {
  new Spool(configOf()).write('{"n":1}', 1);
  const [name = ''] = readdirSync(folder());
  const claimed = (pid: number): string => join(folder(), `${name}.claim-${pid}`);
  renameSync(join(folder(), name), claimed(process.ppid));
  expect(new Spool(configOf()).take()).toBeUndefined();
  renameSync(claimed(process.ppid), claimed(2 ** 22 + 1));
  writeFileSync(join(folder(), `1-${2 ** 22 + 1}-ab-1.jsonl.part`), '{"spa');
  expect(new Spool(configOf()).take()).toMatchObject({ body: '{"n":1}' });
  expect(readdirSync(folder())).toEqual([`${name}.claim-${process.pid}`]);
});

it('removes files that cannot be read instead of trying them for ever', () => {
  const spool = new Spool(configOf());
  spool.write('{}', 1);
  writeFileSync(join(folder(), '1-1-1.jsonl'), 'garbage');
  expect(spool.take()).toMatchObject({ body: '{}' });
  expect(spool.take()).toBeUndefined();
});

it('never mixes projects, keys or collectors', () => {
  new Spool(configOf({ project: 'a' })).write('{}', 1);
  expect(new Spool(configOf({ project: 'b' })).take()).toBeUndefined();
  expect(new Spool(configOf({ project: 'a', apiKey: 'k' })).take()).toBeUndefined();
  expect(new Spool(configOf({ project: 'a', otlpEndpoint: 'http://other' })).take()).toBeUndefined();
  expect(new Spool(configOf({ project: 'a' })).take()).toBeDefined();
});

it('says no when the disk does', () => {
  writeFileSync(join(directory, 'file'), '');
  expect(new Spool(configOf({ spoolDirectory: join(directory, 'file') })).write('{}', 1)).toBe(false);
});
