import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram } from './testing/child-program.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tracelore-migrate-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Migrates and kills itself when this many statements have been done. */
function program(steps: number): string {
  return `
import { loadMigrations, migrate } from '@tracelore/collector/store';
import { openDriver } from './open-driver.ts';
const driver = openDriver({ kind: 'embedded', directory: ${JSON.stringify(directory)} }, 'tracelore');
await driver.command('CREATE DATABASE IF NOT EXISTS tracelore ENGINE = Atomic');
let left = ${steps};
const step = async (work) => {
  if (left === 0) process.kill(process.pid, 'SIGKILL');
  left -= 1;
  await work();
};
await migrate({ ...driver, command: (...given) => step(() => driver.command(...given)), insert: (rows) => step(() => driver.insert(rows)) }, {
  database: 'tracelore',
  package: 'collector',
  migrations: loadMigrations(new URL('schema/', ${JSON.stringify(import.meta.url)})),
});
const [{ tables }] = await driver.query("SELECT count() AS tables FROM system.tables WHERE database = 'tracelore'");
const files = await driver.query('SELECT number FROM tracelore.schema_migrations ORDER BY number');
console.log(JSON.stringify({ tables: Number(tables), files: files.map(({ number }) => number) }));
await driver.close();
`;
}

interface Attempt {
  readonly exit: number | string;
  readonly stderr: string;
  readonly line: string | undefined;
}

async function attempt(steps: number): Promise<Attempt> {
  const child = startProgram(program(steps), new URL(import.meta.url));
  const line = await child.line();
  return { ...(await child.ended), line };
}

/** More statements than a package has. */
const ATTEMPTS_MAX = 100;

test('a process that is killed at every statement in turn leaves a directory that the next one completes', async () => {
  const attempts: Attempt[] = [];
  while (attempts.at(-1)?.exit !== 0 && attempts.length < ATTEMPTS_MAX)
    attempts.push(await attempt(attempts.length));
  const last = attempts.pop();
  expect(attempts.length).toBeGreaterThan(3);
  expect(attempts.filter(({ exit, stderr }) => exit !== 'SIGKILL' || stderr !== '')).toEqual([]);
  const { files, tables }: { files: number[]; tables: number } = JSON.parse(last?.line ?? '');
  expect(files).toEqual(files.map((_, index) => index + 1));
  expect(files.length).toBeGreaterThan(3);
  expect(tables).toBeGreaterThan(10);
});
