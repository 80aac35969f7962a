import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SqlDriver } from './driver.ts';
import { loadMigrations, migrate, type Migration } from './migrations.ts';
import { openTemporaryStore, type TemporaryStore } from './testing/temporary-store.ts';

const ONE: Migration = {
  number: 1,
  name: 'first',
  sql: `-- A comment; with a semicolon;
CREATE TABLE IF NOT EXISTS {database}.first (x UInt8) ENGINE = MergeTree ORDER BY x;
CREATE TABLE IF NOT EXISTS {database}.second (x UInt8) ENGINE = MergeTree ORDER BY x;
`,
};
const TWO: Migration = {
  number: 2,
  name: 'third',
  sql: 'CREATE TABLE IF NOT EXISTS {database}.third (x UInt8) ENGINE = MergeTree ORDER BY x',
};

let temporary: TemporaryStore;
let driver: SqlDriver;
beforeAll(async () => {
  temporary = await openTemporaryStore();
  driver = temporary.store.driver;
});
afterAll(async () => await temporary.remove());

let databases = 0;
async function newDatabase(): Promise<string> {
  const database = `migrations_${databases++}`;
  await driver.command(`CREATE DATABASE ${database} ENGINE = Atomic`);
  return database;
}

async function tables(database: string): Promise<string[]> {
  const rows = await driver.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = {database: String} AND name != 'schema_migrations' ORDER BY name`,
    { parameters: { database } },
  );
  return rows.map((row) => row.name);
}

test('files are applied once and recorded; a newer program adds its own', async () => {
  const database = await newDatabase();
  const apply = async (migrations: Migration[]): Promise<void> =>
    await migrate(driver, { database, package: 'p', migrations });
  await apply([ONE]);
  await apply([ONE]);
  expect(await tables(database)).toEqual(['first', 'second']);
  await apply([ONE, TWO]);
  expect(await tables(database)).toEqual(['first', 'second', 'third']);
  expect(
    await driver.query(`SELECT package, number, name FROM ${database}.schema_migrations ORDER BY number`),
  ).toEqual([
    { package: 'p', number: 1, name: 'first' },
    { package: 'p', number: 2, name: 'third' },
  ]);
});

test('packages are numbered apart in one database', async () => {
  const database = await newDatabase();
  await migrate(driver, { database, package: 'one', migrations: [ONE] });
  await migrate(driver, { database, package: 'two', migrations: [{ ...TWO, number: 1 }] });
  expect(await tables(database)).toEqual(['first', 'second', 'third']);
});

test('a run that ended half-way is continued', async () => {
  const database = await newDatabase();
  const broken = { ...ONE, sql: `${ONE.sql}\nCREATE TABLE nonsense;` };
  await expect(migrate(driver, { database, package: 'p', migrations: [broken] })).rejects.toMatchObject({
    name: 'StoreError',
  });
  expect(await tables(database)).toEqual(['first', 'second']);
  await migrate(driver, { database, package: 'p', migrations: [ONE, TWO] });
  expect(await tables(database)).toEqual(['first', 'second', 'third']);
});

test('an applied file that has changed is refused, naming it', async () => {
  const database = await newDatabase();
  await migrate(driver, { database, package: 'p', migrations: [ONE] });
  const changed = { ...ONE, sql: `${ONE.sql}\n` };
  await expect(migrate(driver, { database, package: 'p', migrations: [changed] })).rejects.toMatchObject({
    code: 'migration',
    message: expect.stringContaining('schema file 1 (first) of p was applied'),
  });
});

test('a database that is newer than the program is refused', async () => {
  const database = await newDatabase();
  await migrate(driver, { database, package: 'p', migrations: [ONE, TWO] });
  await expect(migrate(driver, { database, package: 'p', migrations: [ONE] })).rejects.toMatchObject({
    code: 'newer_database',
    message: expect.stringContaining('schema 2 (third) of p'),
  });
});

test('a folder is read in order of its numbers, and a wrong name or a gap is refused', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tracelore-migrations-'));
  const url = pathToFileURL(`${folder}/`);
  writeFileSync(path.join(folder, '002_b.sql'), 'two');
  writeFileSync(path.join(folder, '001_a.sql'), 'one');
  writeFileSync(path.join(folder, 'notes.txt'), '');
  const loaded = loadMigrations(url);
  writeFileSync(path.join(folder, '004_d.sql'), '');
  expect(loaded).toEqual([
    { number: 1, name: 'a', sql: 'one' },
    { number: 2, name: 'b', sql: 'two' },
  ]);
  expect(() => loadMigrations(url)).toThrow('expected number 3, got 4');
  writeFileSync(path.join(folder, '3_c.sql'), '');
  expect(() => loadMigrations(url)).toThrow('3_c.sql: expected a name like 001_spans.sql');
  rmSync(folder, { recursive: true });
});

test('a database name that is no identifier never reaches the SQL', async () => {
  const options = { database: 'a; DROP DATABASE b', package: 'p', migrations: [ONE] };
  await expect(migrate(driver, options)).rejects.toMatchObject({ code: 'unsupported' });
});
