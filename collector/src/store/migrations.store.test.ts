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

/** The driver, until this many statements and inserts have been done; then the next one fails, as for a process that dies. */
function failingAfter(steps: number): SqlDriver {
  let left = steps;
  const step = async (work: () => Promise<void>): Promise<void> => {
    if (left === 0) throw new Error('the process is gone');
    left -= 1;
    await work();
  };
  return {
    ...driver,
    command: (sql, options) => step(() => driver.command(sql, options)),
    insert: (rows) => step(() => driver.insert(rows)),
  };
}

interface Definition {
  readonly name: string;
  readonly definition: string;
}

/** Every table and view as the engine would create it again. */
async function definitions(database: string): Promise<Definition[]> {
  const rows = await driver.query<Definition>(
    `SELECT name, create_table_query AS definition FROM system.tables WHERE database = {database: String} ORDER BY name`,
    { parameters: { database } },
  );
  return rows.map(({ name, definition }) => ({
    name,
    definition: definition.replaceAll(`${database}.`, ''),
  }));
}

const PACKAGES = {
  collector: loadMigrations(new URL('schema/', import.meta.url)),
  learner: loadMigrations(new URL('../../../learner/src/store/schema/', import.meta.url)),
} as const;

test.each(Object.entries(PACKAGES))(
  '%s: a run that ends after any statement is continued',
  async (name, migrations) => {
    const whole = await newDatabase();
    await migrate(driver, { database: whole, package: name, migrations });
    const wanted = await definitions(whole);
    let steps = 0;
    for (let isWhole = false; !isWhole; steps++) {
      const database = await newDatabase();
      const options = { database, package: name, migrations };
      isWhole = await migrate(failingAfter(steps), options).then(
        () => true,
        () => false,
      );
      await migrate(driver, options);
      expect(await definitions(database)).toEqual(wanted);
      expect(await driver.query(`SELECT number FROM ${database}.schema_migrations ORDER BY number`)).toEqual(
        migrations.map(({ number }) => ({ number })),
      );
      await driver.command(`DROP DATABASE ${database} SYNC`);
    }
    // The ledger, then at least one statement and one record per file.
    expect(steps).toBeGreaterThan(2 * migrations.length);
  },
);

test('a database of every earlier schema becomes the newest one', async () => {
  const newest = await newDatabase();
  for (const [name, migrations] of Object.entries(PACKAGES))
    await migrate(driver, { database: newest, package: name, migrations });
  const wanted = await definitions(newest);
  for (const [name, migrations] of Object.entries(PACKAGES)) {
    const others = Object.entries(PACKAGES).filter(([other]) => other !== name);
    for (let number = 1; number < migrations.length; number++) {
      const database = await newDatabase();
      await migrate(driver, { database, package: name, migrations: migrations.slice(0, number) });
      for (const [other, files] of [[name, migrations] as const, ...others])
        await migrate(driver, { database, package: other, migrations: files });
      expect(await definitions(database)).toEqual(wanted);
      await driver.command(`DROP DATABASE ${database} SYNC`);
    }
  }
});

test('processes that start together on one server migrate it once', async () => {
  const database = await newDatabase();
  const options = { database, package: 'collector', migrations: PACKAGES.collector };
  await Promise.all([1, 2, 3, 4].map(async () => await migrate(driver, options)));
  expect(await driver.query(`SELECT number FROM ${database}.schema_migrations ORDER BY number`)).toEqual(
    PACKAGES.collector.map(({ number }) => ({ number })),
  );
});

test('an older program that starts beside a newer one says so at its end', async () => {
  const database = await newDatabase();
  await migrate(driver, { database, package: 'p', migrations: [ONE] });
  const beside: SqlDriver = {
    ...driver,
    command: async (sql, options) => {
      await migrate(driver, { database, package: 'p', migrations: [ONE, TWO, { ...TWO, number: 3 }] });
      await driver.command(sql, options);
    },
  };
  await expect(migrate(beside, { database, package: 'p', migrations: [ONE, TWO] })).rejects.toMatchObject({
    code: 'newer_database',
  });
});

test.each([
  'CREATE TABLE {database}.x (y UInt8) ENGINE = MergeTree ORDER BY y',
  'ALTER TABLE {database}.x ADD COLUMN y UInt8',
  'ALTER TABLE {database}.x ADD COLUMN IF NOT EXISTS y UInt8, DROP COLUMN z',
  'ALTER TABLE {database}.x DELETE WHERE y = 1',
  'ALTER TABLE {database}.x UPDATE y = y + 1 WHERE 1',
  'INSERT INTO {database}.x SELECT 1',
  'DROP TABLE {database}.x',
  'RENAME TABLE {database}.x TO {database}.y',
])('a statement that cannot be run twice is refused before anything is done: %s', async (sql) => {
  const database = await newDatabase();
  const migrations = [ONE, { ...TWO, sql }];
  await expect(migrate(driver, { database, package: 'p', migrations })).rejects.toMatchObject({
    code: 'migration',
    message: expect.stringContaining('schema file 2 (third)'),
  });
  expect(await tables(database)).toEqual([]);
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
