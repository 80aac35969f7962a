import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { checkedDatabase } from './database-name.ts';
import type { SqlDriver } from './driver.ts';
import { encodeRows, type Table } from './encode-rows.ts';
import { StoreError } from './store-error.ts';

/** One numbered schema file. `sql` may hold several statements, each ended by `;` at the end of a line. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const FILE = /^(\d{3})_([a-z0-9_]+)\.sql$/;

/** Reads `NNN_name.sql` files of a folder in order of their numbers, which must be 1, 2, 3, …. */
export function loadMigrations(directory: URL): Migration[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.sql'));
  const migrations = names.map((name) => {
    const [, number, title] = FILE.exec(name) ?? [];
    if (number === undefined || title === undefined) {
      throw new StoreError('migration', `${name}: expected a name like 001_spans.sql`);
    }
    return { number: Number(number), name: title, sql: readFileSync(new URL(name, directory), 'utf8') };
  });
  migrations.sort((a, b) => a.number - b.number);
  migrations.forEach(({ number, name }, index) => {
    if (number !== index + 1) {
      throw new StoreError(
        'migration',
        `${name}: expected number ${index + 1}, got ${number} in ${directory.pathname}`,
      );
    }
  });
  return migrations;
}

/** The statements of a migration for one database; comment lines are left out. */
export function statementsOf(migration: Migration, database: string): string[] {
  return migration.sql
    .replace(/^\s*--.*$/gm, '')
    .replaceAll('{database}', checkedDatabase(database))
    .split(/;[ \t]*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function schemaMigrations(database: string): Table {
  return {
    name: `${database}.schema_migrations`,
    columns: {
      package: 'LowCardinality(String)',
      number: 'UInt16',
      name: 'String',
      checksum: 'String',
      applied_at: "DateTime64(3, 'UTC')",
    },
  };
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/**
 * Brings a database to the newest schema of one package. Applied files are recorded with their checksum; running again
 * does nothing, and a run that was killed half-way is continued, since every statement is `IF NOT EXISTS`.
 * @throws StoreError `migration` when an applied file has changed, `newer_database` when the database knows files that this
 * program does not.
 */
export async function migrate(
  driver: SqlDriver,
  options: { readonly database: string; readonly package: string; readonly migrations: readonly Migration[] },
): Promise<void> {
  const table = schemaMigrations(checkedDatabase(options.database));
  await createLedger(driver, table);
  const applied = await driver.query<Applied>(
    `SELECT number, name, checksum FROM ${table.name} WHERE package = {package: String} ORDER BY number`,
    { parameters: { package: options.package } },
  );
  const known = new Map(applied.map((row) => [row.number, row]));
  refuseNewer(applied, options);
  for (const migration of options.migrations) {
    const checksum = checksumOf(migration);
    const before = known.get(migration.number);
    if (before !== undefined) {
      if (before.checksum !== checksum) throw changed(migration, options.package);
      continue;
    }
    for (const statement of statementsOf(migration, options.database)) await driver.command(statement);
    const row = {
      package: options.package,
      number: migration.number,
      name: migration.name,
      checksum,
      applied_at: new Date(),
    };
    await driver.insert(encodeRows(table, [row], `migration:${options.package}:${migration.number}`));
  }
}

async function createLedger(driver: SqlDriver, table: Table): Promise<void> {
  const [found] = await driver.query<{ result: number }>(`EXISTS TABLE ${table.name}`);
  if (found?.result === 1) return;
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`);
  await driver.command(
    `CREATE TABLE IF NOT EXISTS ${table.name} (${columns.join(', ')}) ENGINE = MergeTree ORDER BY (package, number) ` +
      `SETTINGS non_replicated_deduplication_window = 1000`,
  );
}

function refuseNewer(
  applied: readonly Applied[],
  options: { readonly package: string; readonly migrations: readonly Migration[] },
): void {
  const newest = applied.at(-1);
  if (newest === undefined || newest.number <= options.migrations.length) return;
  throw new StoreError(
    'newer_database',
    `the database has schema ${newest.number} (${newest.name}) of ${options.package}, this program knows ` +
      `${options.migrations.length}: use the newer program, or another database`,
  );
}

function changed(migration: Migration, packageName: string): StoreError {
  return new StoreError(
    'migration',
    `schema file ${migration.number} (${migration.name}) of ${packageName} was applied in another form: add a new ` +
      `numbered file instead of changing an applied one`,
  );
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex');
}
